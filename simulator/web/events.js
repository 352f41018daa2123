/** Events: the live stream of what happens, which comes back by itself after a cut. */

const RETRY_AFTER_MS = 1500;

/** Calls `onEvent` for each event, `onState(isLive)` when the line opens or breaks. */
export function listen(onEvent, onState) {
  const source = new EventSource("/sim/events");
  source.onopen = () => onState(true);
  source.onmessage = (event) => onEvent(JSON.parse(event.data));
  source.onerror = () => {
    onState(false);
    source.close();
    setTimeout(() => listen(onEvent, onState), RETRY_AFTER_MS);
  };
}
