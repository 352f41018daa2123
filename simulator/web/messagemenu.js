/** Message menu: what can be done with one message. */

import { t } from "./i18n.js";
import { openLocationPicker } from "./location.js";
import { close, openMenu } from "./menu.js";
import { reactionChoice } from "./reactions.js";

export function openMessageMenu(phone, message, opener) {
  const dismiss = () => close(menu);
  const menu = openMenu(opener, entries(phone, message, opener), reactionChoice(phone, message, dismiss));
}

function entries(phone, message, opener) {
  const text = message.text ?? message.caption;
  return [
    { label: t("reply"), icon: "reply", act: () => phone.composer.reply(message) },
    text && { label: t("copy"), icon: "copy", act: () => phone.deeds.copy(text) },
    message.outgoing && message.text && { label: t("edit"), icon: "pencil", act: () => phone.composer.edit(message) },
    message.outgoing && message.location?.live_period && { label: t("move_location"), icon: "pin", act: () => move(phone, message) },
    { label: t("forward"), icon: "forward", act: () => chooseChat(phone, message, opener) },
    message.outgoing && { label: t("remove"), icon: "bin", isDanger: true, act: () => phone.deeds.remove(message) },
  ].filter(Boolean);
}

function move(phone, message) {
  openLocationPicker(phone.home, (point) => phone.deeds.moveLocation(message, point), { isMove: true });
}

function chooseChat(phone, message, opener) {
  openMenu(opener, phone.person.chats.map((chat) => ({ label: chat.title, act: () => phone.deeds.forward(message, chat.id) })));
}
