/** Topics: the row of a forum's topics; picking one shows and writes only there. */

import { h } from "./elements.js";
import { language, t } from "./i18n.js";
import { rove, settle } from "./roving.js";

/** One row for a forum, none for any other chat. */
export function topicItems(person) {
  const topics = person.chat.topics ?? [];
  if (!person.chat.forum || !topics.length) return [];
  const signature = JSON.stringify([topics, person.thread, language()]);
  return [{ key: "topics", signature, make: () => topicBar(person, [{ id: null, name: t("all_topics") }, ...topics]) }];
}

function topicBar(person, topics) {
  const bar = h("div", { class: "topics", role: "group", "aria-label": t("topics") }, topics.map((topic) => topicButton(person, topic)));
  rove(bar, ".topic", "x");
  settle(bar, ".topic");
  return bar;
}

function topicButton(person, topic) {
  const pick = () => {
    person.thread = topic.id;
    person.tell();
  };
  return h("button", { class: "topic", type: "button", "aria-pressed": person.thread === topic.id, onclick: pick }, topic.name);
}
