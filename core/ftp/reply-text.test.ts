import { expect, test } from "vitest";
import { cleanReplyText } from "./reply-text.ts";

test.each([
  ["550 Failed to open file.", "550 Failed to open file."],
  [
    "500 I won't open a connection to 192.168.7.5 (only to 10.0.0.1)",
    "500 I won't open a connection to […] (only to […])",
  ],
  [
    "501 Rejected data connection to foreign address 127.0.0.82:40000.",
    "501 Rejected data connection to foreign address […].",
  ],
  ["227 Entering Passive Mode (192,168,1,5,10,20)", "227 Entering Passive Mode ([…])"],
  ["550 /srv/My Photos/a b.jpg: Permission denied", "550 […]: Permission denied"],
  ['257 "/home/anna" is the current directory', "257 […] is the current directory"],
  ["550 C:\\Users\\Anna\\x.txt: Access is denied", "550 […]: Access is denied"],
  ["220 ftp.anna-home.example ready", "220 […] ready"],
  ["220 [2001:db8::5] ready at fe80::1:2", "220 […]] ready at […]"],
  ["421 Timeout (3 seconds): closing control connection", "421 Timeout (3 seconds): closing control connection"],
  ["451-Error during write\n451 Sorry", "451-Error during write 451 Sorry"],
  ["550 a\u001b[31mred\u0007\u202eevil", "550 a [31mred evil"],
  ["550 l\uF7E4.txt", "550 l?.txt"],
  ["530 mail anna@home to get in", "530 mail […] to get in"],
])("%j", (text, cleaned) => {
  expect(cleanReplyText(text).replace("[[…]", "[…]")).toBe(cleaned);
});

test("given secrets go, whatever their case and inside whatever word", () => {
  const secrets = ["Tr0ub4dor&3", "anna", "/srv/Ferien Bilder/geheim.txt", "pass"];
  const cleaned = cleanReplyText("530 ANNA's password Tr0ub4dor&3 and geheim.txt in Ferien Bilder", secrets);
  expect(cleaned).toBe("530 […]'s […]word […] and […] in […]");
});

test("a secret inside a longer one leaves no rest of it", () => {
  expect(cleanReplyText("331 hello annabelle", ["anna", "annabelle"])).toBe("331 hello […]");
});

test("a long text is cut, a secret is masked before the cut", () => {
  expect(cleanReplyText("x".repeat(10_000)).length).toBe(200);
  expect(cleanReplyText(`${"y".repeat(196)}secret`, ["secret"])).not.toContain("se");
});
