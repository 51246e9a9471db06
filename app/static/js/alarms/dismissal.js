// 排除: the reason is asked for, and what the server refuses is said beside the field.

import { byId, el, fill, show } from "../dom.js";

const QUICK = ["已派单处置", "重复来电", "节庆活动或集中宣传", "施工已公告", "天气原因", "数据有误"];

// Resolves when the dialog is closed; `send` is called with the reason, and may throw a refusal.
export function askReason(alarm, send) {
  const dialog = byId("dismiss-dialog");
  const field = byId("reason");
  byId("dismiss-about").textContent = `${alarm.place} · ${alarm.kind}，实际 ${alarm.observed} 件`;
  field.value = "";
  show(byId("dismiss-problem"), false);
  fill(
    byId("quick-reasons"),
    ...QUICK.map((words) => el("button", { type: "button", onclick: () => add(field, words) }, words)),
  );
  return new Promise((closed) => {
    const submit = async (event) => {
      event.preventDefault();
      const reason = field.value.trim();
      if (!reason) {
        refuse("请写明理由，或在上面选一项。");
        return;
      }
      try {
        await send(reason);
        dialog.close();
      } catch (refused) {
        refuse(`${refused.title}：${refused.advice}`); // what was written stays for the next try
      }
    };
    byId("dismiss-form").addEventListener("submit", submit);
    dialog.addEventListener(
      "close",
      () => {
        byId("dismiss-form").removeEventListener("submit", submit);
        closed();
      },
      { once: true },
    );
    dialog.showModal();
    field.focus();
  });

  function refuse(words) {
    byId("dismiss-problem").textContent = words;
    show(byId("dismiss-problem"), true);
    field.focus();
  }
}

function add(field, words) {
  field.value = field.value.trim() ? `${field.value.trim()}；${words}` : words;
  field.focus();
}

byId("dismiss-cancel").addEventListener("click", () => byId("dismiss-dialog").close());
