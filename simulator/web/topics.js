/** Topics: the row of a forum's topics; picking one shows and writes only there. */

import { h } from "./elements.js";
import { t } from "./i18n.js";
import { rove, settle } from "./roving.js";

/** The row for a forum, or null for any other chat. */
export function topicBar(person) {
  if (!person.chat?.forum) return null;
  const topics = [{ id: null, name: t("all_topics") }, ...topicsOf(person.messages)];
  const bar = h("div", { class: "topics", role: "group", "aria-label": t("topics") }, topics.map((topic) => topicButton(person, topic)));
  rove(bar, ".topic", "x");
  settle(bar, ".topic");
  return bar;
}

function topicsOf(messages) {
  return messages.filter((message) => message.forum_topic_created)
    .map((message) => ({ id: message.message_thread_id ?? message.message_id, name: message.forum_topic_created.name }));
}

function topicButton(person, topic) {
  const pick = () => {
    person.thread = topic.id;
    person.tell();
  };
  return h("button", { class: "topic", type: "button", "aria-pressed": person.thread === topic.id, onclick: pick }, topic.name);
}
