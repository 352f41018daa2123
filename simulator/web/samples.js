/** Samples: a photo and a voice message made on the spot, for those who have no file at hand. */

const RATE_HZ = 16_000;
const TONE_SECONDS = 1.6;

/** Two soft strokes, like a wooden drum, as a WAV file. */
export function sampleVoice() {
  const count = Math.floor(RATE_HZ * TONE_SECONDS);
  const view = new DataView(new ArrayBuffer(44 + count * 2));
  writeHeader(view, count * 2);
  for (let index = 0; index < count; index += 1) view.setInt16(44 + index * 2, loudness(index / RATE_HZ) * 0x5fff, true);
  return new File([view.buffer], "suara.wav", { type: "audio/wav" });
}

function loudness(seconds) {
  const sinceStroke = seconds % 0.8;
  return Math.sin(2 * Math.PI * 330 * seconds) * Math.exp(-sinceStroke * 9);
}

function writeHeader(view, bytes) {
  const word = (at, text) => [...text].forEach((letter, index) => view.setUint8(at + index, letter.charCodeAt(0)));
  word(0, "RIFF");
  view.setUint32(4, 36 + bytes, true);
  word(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE_HZ, true);
  view.setUint32(28, RATE_HZ * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  word(36, "data");
  view.setUint32(40, bytes, true);
}

/** A small dusk scene whose sky differs each time, as a JPEG file. */
export async function samplePhoto() {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: 640, height: 480 });
  paintDusk(canvas.getContext("2d"), Math.floor(Math.random() * 360));
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  return new File([blob], "foto.jpg", { type: "image/jpeg" });
}

function paintDusk(brush, hue) {
  const sky = brush.createLinearGradient(0, 0, 0, 360);
  sky.addColorStop(0, `hsl(${hue} 45% 28%)`);
  sky.addColorStop(1, `hsl(${(hue + 50) % 360} 65% 72%)`);
  brush.fillStyle = sky;
  brush.fillRect(0, 0, 640, 480);
  brush.fillStyle = "#fff4d0";
  disc(brush, 470, 130, 44);
  brush.fillStyle = `hsl(${hue} 30% 18%)`;
  for (const [x, width, height] of [[40, 150, 120], [220, 120, 170], [380, 210, 110]]) house(brush, x, 400, width, height);
  brush.fillRect(0, 400, 640, 80);
}

function disc(brush, x, y, radius) {
  brush.beginPath();
  brush.arc(x, y, radius, 0, 2 * Math.PI);
  brush.fill();
}

function house(brush, x, floor, width, height) {
  brush.fillRect(x, floor - height, width, height);
  brush.beginPath();
  brush.moveTo(x - 18, floor - height);
  brush.lineTo(x + width / 2, floor - height - 60);
  brush.lineTo(x + width + 18, floor - height);
  brush.fill();
}
