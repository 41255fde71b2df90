// Fuzz of everything that reads what a server or a person wrote: never an error, never a result that its readers do not
// expect, and no input that costs more than its length. fast-check prints the seed of what it finds.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseArguments, quoteWord, splitWords } from "../../bot/arguments.ts";
import { parse } from "../../core/catalog/parse.ts";
import { asTime } from "../../core/catalog/values.ts";
import { indexWords, wordsOf } from "../../core/catalog/words.ts";
import { checkPort } from "../../core/ftp/address-policy.ts";
import { needsMlstOptions, readFeatures, readSoftware } from "../../core/ftp/features.ts";
import { createCollector, parserOf } from "../../core/ftp/listing/collect.ts";
import { decodeName, encodeName } from "../../core/ftp/names.ts";
import { createAssembler } from "../../core/ftp/replies/assemble.ts";
import { parseEpsv, parsePasv } from "../../core/ftp/replies/passive.ts";
import { isDenial, isProtectionRefusal, loginRefusalCode, refusalCode } from "../../core/ftp/replies/refusal.ts";
import { formatFtpTime, parseFtpTime } from "../../core/ftp/replies/time.ts";
import { cleanReplyText } from "../../core/ftp/reply-text.ts";
import { readSize } from "../../core/platform/size.ts";

const now = new Date("2024-06-15T12:00:00Z");
const runs = { numRuns: 1000 };

/** What the parsers look for, in pieces, and what makes patterns go back and try again. */
const pieces = [
  ..."\"“\\ \t\n\r\0'-:,.=;|(/<>@é\uF7FFİﷺ".split(""),
  ...["a", "1", "a-", "a.", '\\"', '"a" ', "211-x\r\n", "211 x\r\n", "229 (|||", "|||1027|", "227 (127,0,0,1,4,5)"],
  ...["1,", "type=file;", "type=dir;", "size=", "9007199254740993", "modify=20240102030405;", "-rw-r--r-- ", " 1 "],
  ...[
    "Jan 31 12:30 ",
    "01-31-24  02:15PM ",
    "<DIR>  ",
    "NaN",
    "--yes",
    "--after=",
    "kind:",
    "photo,",
    "size:>",
    "newer:",
  ],
];
const spite = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: "binary", maxLength: 4 })), {
  maxLength: 40,
});
const spiteful = spite.map((parts) => parts.join(""));

const reply = (code: number) => (text: string) => ({ code, text });
const readers: Record<string, (text: string) => unknown> = {
  parseArguments,
  splitWords,
  quoteWord,
  search: (text) => parse(text, now),
  sizes: readSize,
  times: (text) => asTime(text, now),
  wordsOf,
  indexWords,
  features: (text) => readFeatures(readSoftware([text]), reply(211)(text)),
  mlstOptions: (text) => needsMlstOptions(reply(211)(text)),
  pasv: parsePasv,
  epsv: parseEpsv,
  ftpTime: parseFtpTime,
  refusals: (text) => [
    refusalCode(reply(550)(text), "read"),
    refusalCode(reply(553)(text), "write"),
    loginRefusalCode(reply(530)(text)),
    isProtectionRefusal(reply(500)(text)),
    isDenial(reply(550)(text)),
  ],
  replyText: (text) => cleanReplyText(text, ["secret", "/srv/some/path"]),
  mlsd: (text) => parserOf.MLSD(text, now),
  unix: (text) => parserOf.LIST(`-rw-r--r-- ${text}`, now),
  dos: (text) => parserOf.LIST(`01-31-24  02:15PM ${text}`, now),
  names: (text) => decodeName(Buffer.from(text, "latin1")),
  paths: encodeName,
  // One character at a time: a reply in many pieces is not read again from its beginning.
  replies: (text) => {
    const assembler = createAssembler();
    try {
      for (const character of text) assembler.take(character, () => undefined);
    } catch (error) {
      expect(error).toMatchObject({ code: "server.protocol" });
    }
  },
};

describe.each(Object.entries(readers))("%s", (_, read) => {
  test("never throws", () => {
    fc.assert(
      fc.property(spiteful, (text) => void read(text)),
      runs,
    );
  });

  // Two hundred thousand squared is minutes; the test's time is over before.
  test("takes no more than the length of its text", () => {
    for (const piece of pieces)
      for (const start of ["", '"']) read(start + piece.repeat(Math.ceil(200_000 / piece.length)));
  });
});

describe("what comes out", () => {
  test("replies are the same in whatever pieces they come", () => {
    const cut = fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(spiteful, cut, (text, lengths) => {
        const whole: string[] = [];
        createAssembler().take(text, (reply) => whole.push(reply));
        const assembler = createAssembler();
        const parts: string[] = [];
        for (let at = 0, turn = 0; at < text.length; turn += 1) {
          const length = Math.max(1, lengths[turn % lengths.length] ?? 1);
          assembler.take(text.slice(at, at + length), (reply) => parts.push(reply));
          at += length;
        }
        expect(parts).toEqual(whole);
        for (const one of whole) expect(one).toMatch(/^\d{3}/);
      }),
      runs,
    );
  });

  test("a passive answer leads to a port that may be used, or nowhere", () => {
    const answer = fc.oneof(spiteful, fc.array(fc.integer({ min: -5, max: 400 }), { maxLength: 8 }).map(String));
    fc.assert(
      fc.property(answer, (text) => {
        const told = parsePasv(`227 (${text})`);
        if (told)
          expect(
            told.address
              .split(".")
              .map(Number)
              .every((part) => part <= 255),
          ).toBe(true);
        for (const port of [told?.port, parseEpsv(`229 (|||${text}|)`)])
          if (port !== undefined) expect([port >= 1024, checkPort(port)]).toEqual([true, true]);
      }),
      runs,
    );
  });

  test("listings have names that a command can carry and a database can hold, and numbers that are numbers", () => {
    fc.assert(
      fc.property(fc.constantFrom("MLSD" as const, "LIST" as const), spiteful, (kind, text) => {
        const collector = createCollector(parserOf[kind], now, { maxEntries: 50, maxBytes: 10_000 });
        collector.take(Buffer.from(text, "latin1"));
        for (const { name, sizeBytes, modifiedAt } of collector.finish().entries) {
          expect(name).not.toMatch(/[\0\r\n/]/);
          expect(["", ".", ".."]).not.toContain(name);
          expect(encodeName(name).length).toBeLessThanOrEqual(1000);
          expect(Number.isSafeInteger(sizeBytes) && sizeBytes >= 0).toBe(true);
          expect(Number.isNaN(modifiedAt?.getTime())).toBe(false);
        }
      }),
      runs,
    );
  });

  test("names: every byte comes back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(encodeName(decodeName(Buffer.from(bytes)))).toEqual(Buffer.from(bytes));
      }),
      runs,
    );
  });

  test("times: what is read is written the same", () => {
    const time = fc.oneof(
      spiteful,
      fc.stringMatching(/^\d{14}(\.\d{1,3})?$/),
      fc.date({ min: new Date(0), max: new Date("9999-12-31T23:59:59Z"), noInvalidDate: true }).map(formatFtpTime),
    );
    fc.assert(
      fc.property(time, (text) => {
        const at = parseFtpTime(text);
        // A leap second is read as the one before.
        if (at && text.slice(12, 14) !== "60") expect(formatFtpTime(at)).toBe(text.slice(0, 14));
      }),
      runs,
    );
  });

  test("reply texts are short, on one line, and tell no secret", () => {
    const secrets = ["wombat-secret", "quokka.example.org", "/srv/numbat/path"];
    const telling = fc.array(fc.oneof(fc.constantFrom(...pieces, ...secrets), fc.string()), { maxLength: 400 });
    fc.assert(
      fc.property(telling, (parts) => {
        const text = cleanReplyText(parts.join(" "), secrets);
        expect(text.length).toBeLessThanOrEqual(200);
        expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        for (const secret of secrets) expect(text).not.toContain(secret);
      }),
      { numRuns: 300 },
    );
  });

  test("an option never comes out of a name, whatever the name is", () => {
    fc.assert(
      fc.property(spiteful, (name) => {
        if (/[“”„\u{F0001}-\u{F0003}]/u.test(name) || name === "") return;
        const { words, options } = parseArguments(`remove ${quoteWord(name)} --yes=1`);
        expect([words, options]).toEqual([["remove", name], { yes: "1" }]);
      }),
      runs,
    );
  });
});
