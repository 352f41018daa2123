/** API: the people's side of the simulator, one function for each call of README.md. */

export class Refusal extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

/** Runs a fetch that the event line will ask for again: when the simulator is away, or forgot this person, it is let go. */
export async function whileOnline(work) {
  try {
    return await work();
  } catch (problem) {
    if (problem instanceof TypeError || problem instanceof Refusal) return undefined;
    throw problem;
  }
}

async function call(method, path, body) {
  const isForm = body instanceof FormData;
  const headers = body && !isForm ? { "Content-Type": "application/json" } : {};
  const response = await fetch(path, { method, headers, body: isForm ? body : body && JSON.stringify(body) });
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Refusal(response.status, answer?.error ?? `HTTP ${response.status}`);
  return answer;
}

const get = (path, query = {}) => call("GET", `${path}?${new URLSearchParams(query)}`);
const post = (path, body = {}) => call("POST", path, body);

export const people = () => get("/sim/people");
export const addPerson = (name) => post("/sim/people", { name });
export const places = () => get("/sim/places");
export const clock = (forward) => post("/sim/clock", forward ? { forward } : {});
export const fileUrl = (fileId) => `/sim/files/${encodeURIComponent(fileId)}`;

/** What one person can do and see. */
export function actor(personId) {
  const at = (verb) => `/sim/people/${personId}/${verb}`;
  return {
    chats: () => get(at("chats")),
    messages: (chat, limit) => get(at("messages"), { chat, limit }),
    keyboard: (chat) => get(at("keyboard"), { chat }),
    send: (body) => post(at("send"), body),
    edit: (body) => post(at("edit"), body),
    remove: (chat, messageId) => post(at("delete"), { chat, message_id: messageId }),
    react: (chat, messageId, emoji) => post(at("react"), { chat, message_id: messageId, emoji }),
    press: (body) => post(at("press"), body),
    start: (bot, payload) => post(at("start"), payload ? { bot, payload } : { bot }),
    block: (bot) => post(at("block"), { bot }),
    unblock: (bot) => post(at("unblock"), { bot }),
    leave: (chat) => post(at("leave"), { chat }),
    vote: (chat, messageId, options) => post(at("vote"), { chat, message_id: messageId, options }),
    read: (chat, messageId) => post(at("read"), { chat, message_id: messageId }),
  };
}

/** Several files of one kind become one album. */
export function mediaForm(fields, files) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined && value !== "") form.append(name, value);
  for (const file of files) form.append("file", file, file.name);
  return form;
}
