/** Links: the t.me addresses that open a bot inside the simulator. */

const WEB = /^(?:https?:\/\/)?(?:t|telegram)\.me\/(\w{3,32})\/?(?:\?start=([\w-]{0,64}))?$/i;
const APP = /^tg:\/\/resolve\?domain=(\w{3,32})(?:&start=([\w-]{0,64}))?$/i;
const PAYLOAD = /^[\w-]{1,64}$/;

/** `{bot, payload}` of a deep link, or null. */
export function readDeepLink(text) {
  const match = text.trim().match(WEB) ?? text.trim().match(APP);
  return match ? { bot: match[1], payload: match[2] || undefined } : null;
}

/** Telegram allows letters, digits, _ and -, up to 64 of them. */
export function isPayload(text) {
  return PAYLOAD.test(text);
}
