// Enrols a demo server the way a person does: opens the one-time page and sends its form.
import type { FtpHome } from "./ftp-home.ts";
import { inboxFolder } from "./people.ts";

/** Fills in the form of the enrolment page. @throws when the page does not say that the server is connected */
export async function enrolThroughPage(link: string, home: FtpHome): Promise<void> {
  const page = await fetch(link);
  if (!page.ok) throw new Error(`The enrolment page answered ${page.status}.`);
  const answer = await fetch(link, { method: "POST", body: new URLSearchParams(formOf(home)) });
  if (!answer.ok) throw new Error(`The enrolment page refused the server (${answer.status}): ${await wordsOf(answer)}`);
}

function formOf(home: FtpHome): Record<string, string> {
  return {
    label: home.person.label,
    host: home.host,
    port: String(home.port),
    security: "plain",
    accept_plain: "yes",
    username: home.username,
    password: home.password,
    write_username: "",
    write_password: "",
    share_path: home.person.folder,
    inbox_path: inboxFolder,
    budget_gb: "10",
  };
}

async function wordsOf(answer: Response): Promise<string> {
  const html = await answer.text();
  return html
    .replace(/<(style|head)[\s\S]*?<\/\1>/g, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 400);
}
