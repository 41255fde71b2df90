// Pieces that both looks are written with. Pure.

export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** The first letter of a name on a coloured disc. */
export function avatar(name: string, colour: string): string {
  return `<span class="avatar" style="background:${colour}">${escapeHtml([...name][0] ?? "?")}</span>`;
}

/** FonShare's own: two boxes and the way between them. */
export const botAvatar = `<span class="avatar bot"><svg viewBox="0 0 40 40"><g fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"><rect x="8" y="10" width="9" height="20" rx="2"/><rect x="23" y="10" width="9" height="20" rx="2"/><path d="M12.5 25h0M27.5 25h0"/><path d="M17 17h6m-2.2-2.4L23.2 17l-2.4 2.4"/></g></svg></span>`;

/** Always the same of the same name. */
export function colourOf(name: string, colours: readonly string[]): string {
  const sum = [...name].reduce((all, letter) => (all * 31 + (letter.codePointAt(0) ?? 0)) % 9973, 7);
  return colours[sum % colours.length] ?? "#888";
}

export function page(style: string, body: string): string {
  return `<!doctype html><meta charset="utf-8"><style>${commonStyle}${style}</style><body>${body}</body>`;
}

const commonStyle = `
* { box-sizing: border-box; margin: 0; }
html { background: transparent; }
body { width: 900px; font-size: 14.5px; line-height: 1.36; -webkit-font-smoothing: antialiased; }
.picture { display: flex; gap: 16px; align-items: flex-start; }
.column { flex: 1 1 0; min-width: 0; display: flex; flex-direction: column; gap: 16px; }
.window { border-radius: 12px; overflow: hidden; }
.avatar { flex: none; display: inline-flex; align-items: center; justify-content: center; border-radius: 50%; color: #fff; font-weight: 600; }
.avatar.bot { background: linear-gradient(135deg, #1f8a70, #14597a); }
.avatar.bot svg { width: 84%; height: 84%; }
`;

export type Clock = (at: Date) => string;

/** Hours and minutes. */
export function createClock(timeZone: string): Clock {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" });
  return (at) => format.format(at);
}
