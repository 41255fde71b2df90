// What Discord accepts in a message: lengths, counts and combinations of content, embeds and components.
// Lengths are UTF-16 units: never laxer than the real count.
import { z } from "zod";
import type { Complaint } from "./api-error.ts";
import { refuse, refuseFields } from "./api-error.ts";
import type { Json, MessageBody } from "./state.ts";

const COMPONENTS_V2 = 1 << 15;

const text = (max: number) => z.string().max(max);
/** Required where it stands; blank counts as missing. */
const filled = (max: number) => text(max).refine((value) => value.trim() !== "", { params: requiredField });
const requiredField = { code: "BASE_TYPE_REQUIRED", message: "This field is required" };
const webAddress = z
  .string()
  .max(2048)
  .regex(/^https?:\/\/[^\s/]+/i);
const snowflake = z.string().regex(/^\d{15,20}$/);
const customId = z.string().min(1).max(100);
const maybe = <T extends z.ZodType>(schema: T) => schema.nullish();

function isEmoji(name: string): boolean {
  return /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3)/u.test(name);
}
const emoji = z
  .object({ id: maybe(snowflake), name: maybe(z.string()), animated: maybe(z.boolean()) })
  .refine((value) => value.id != null || isEmoji(value.name ?? ""), {
    params: { code: "COMPONENT_INVALID_EMOJI", message: "Invalid emoji" },
  });

const embed = z.object({
  title: maybe(text(256)),
  description: maybe(text(4096)),
  url: maybe(webAddress),
  timestamp: maybe(z.iso.datetime({ offset: true })),
  color: maybe(z.int().min(0).max(0xffffff)),
  footer: maybe(z.object({ text: text(2048), icon_url: maybe(webAddress) })),
  author: maybe(z.object({ name: filled(256), url: maybe(webAddress), icon_url: maybe(webAddress) })),
  image: maybe(z.object({ url: z.string() })),
  thumbnail: maybe(z.object({ url: z.string() })),
  fields: maybe(z.array(z.object({ name: filled(256), value: filled(1024), inline: maybe(z.boolean()) })).max(25)),
});
type Embed = z.infer<typeof embed>;

const button = z
  .object({
    type: z.literal(2),
    style: z.int().min(1).max(6),
    label: maybe(filled(80)),
    emoji: maybe(emoji),
    custom_id: maybe(customId),
    url: maybe(text(512).regex(/^(?:https?|discord):\/\/[^\s/]+/i)),
    sku_id: maybe(snowflake),
    disabled: maybe(z.boolean()),
  })
  .superRefine((value, context) => {
    const complain = (path: string, code: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], params: { code, message } });
    const isLink = value.style === 5;
    if (isLink && value.url == null) complain("url", "BASE_TYPE_REQUIRED", "This field is required");
    if (isLink && value.custom_id != null)
      complain("custom_id", "BUTTON_COMPONENT_CUSTOM_ID_NOT_ALLOWED", "A custom id cannot be specified");
    if (value.style < 5 && value.custom_id == null)
      complain("custom_id", "BASE_TYPE_REQUIRED", "This field is required");
    if (value.style < 5 && value.url != null)
      complain("url", "BUTTON_COMPONENT_URL_NOT_ALLOWED", "A url cannot be specified");
    if (value.style < 6 && value.label == null && value.emoji == null)
      complain("label", "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A label or emoji is required");
  });

const option = z.object({
  label: filled(100),
  value: z.string().min(1).max(100),
  description: maybe(text(100)),
  emoji: maybe(emoji),
  default: maybe(z.boolean()),
});
const selectOf = {
  custom_id: customId,
  placeholder: maybe(text(150)),
  min_values: maybe(z.int().min(0).max(25)),
  max_values: maybe(z.int().min(1).max(25)),
  disabled: maybe(z.boolean()),
};
const select = z
  .object({ type: z.literal(3), options: z.array(option).min(1).max(25), ...selectOf })
  .superRefine((value, context) => {
    const known = new Set(value.options.map((one) => one.value));
    if (known.size < value.options.length)
      context.addIssue({ code: "custom", path: ["options"], params: duplicate("SELECT_COMPONENT_OPTION_VALUE") });
    if ((value.max_values ?? 1) > value.options.length)
      context.addIssue({
        code: "too_big",
        origin: "number",
        maximum: value.options.length,
        path: ["max_values"],
        input: value,
      });
  });
const entitySelect = z.object({ type: z.union([5, 6, 7, 8].map((type) => z.literal(type))), ...selectOf });

function duplicate(code: string) {
  return { code: `${code}_DUPLICATED`, message: "The specified option value is already used" };
}

const row = z
  .object({
    type: z.literal(1),
    components: z
      .array(z.union([button, select, entitySelect]))
      .min(1)
      .max(5),
  })
  .refine((value) => value.components.length === 1 || value.components.every((one) => one.type === 2), {
    path: ["components"],
    params: { code: "COMPONENT_LAYOUT_WIDTH_EXCEEDED", message: "The specified component exceeds the maximum width" },
  });
const textDisplay = z.object({ type: z.literal(10), content: filled(4000) });
const media = z.looseObject({ type: z.union([11, 12, 13, 14].map((type) => z.literal(type))) });
const section = z.object({
  type: z.literal(9),
  components: z.array(textDisplay).min(1).max(3),
  accessory: z.union([button, media]),
});
const container = z.looseObject({
  type: z.literal(17),
  components: z.array(z.union([row, textDisplay, section, media])).min(1),
});

const allowedMentions = z
  .object({
    parse: z.array(z.enum(["everyone", "roles", "users"])).default([]),
    users: z.array(snowflake).max(100).default([]),
    roles: z.array(snowflake).max(100).default([]),
    replied_user: z.boolean().default(false),
  })
  .superRefine((value, context) => {
    for (const kind of ["users", "roles"] as const)
      if (value.parse.includes(kind) && value[kind].length > 0)
        context.addIssue({
          code: "custom",
          path: ["parse"],
          params: {
            code: "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
            message: `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`,
          },
        });
  });
export type AllowedMentions = z.infer<typeof allowedMentions>;

const message = z.object({
  content: maybe(text(2000)),
  nonce: maybe(z.union([z.string().max(25), z.int()])),
  enforce_nonce: maybe(z.boolean()),
  tts: maybe(z.boolean()),
  flags: maybe(z.int()),
  embeds: maybe(z.array(embed).max(10)),
  components: maybe(z.array(z.unknown())),
  allowed_mentions: maybe(allowedMentions),
  message_reference: maybe(
    z.object({ message_id: maybe(snowflake), channel_id: maybe(snowflake), fail_if_not_exists: maybe(z.boolean()) }),
  ),
  attachments: maybe(
    z
      .array(z.looseObject({ id: z.coerce.string(), filename: maybe(text(1024)), description: maybe(text(1024)) }))
      .max(10),
  ),
});
export type MessageInput = z.infer<typeof message>;

/** Throws 50035 as Discord words it. */
export function parseAs<T extends z.ZodType>(schema: T, value: unknown, at: readonly PropertyKey[] = []): z.infer<T> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  throw refuseFields(result.error.issues.flatMap((issue) => complaintsOf(issue, at)));
}

function complaintsOf(issue: z.core.$ZodIssue, at: readonly PropertyKey[]): Complaint[] {
  const path = [...at, ...issue.path];
  if (issue.code === "invalid_union") {
    const kind = (issue.input as Json | undefined)?.["type"];
    const fitting = issue.errors.find((branch) => !branch.some((one) => one.path[0] === "type" && kind !== undefined));
    const nested = (fitting ?? []).flatMap((one) => complaintsOf(one, path));
    return nested.length > 0
      ? nested
      : [{ path, code: "UNION_TYPE_CHOICES", message: `Value of field "type" is not allowed here` }];
  }
  return [{ path, ...wordsOf(issue) }];
}

function wordsOf(issue: z.core.$ZodIssue): { code: string; message: string } {
  if (issue.code === "custom" && issue.params) return issue.params as { code: string; message: string };
  if (issue.code === "too_big")
    return { code: "BASE_TYPE_MAX_LENGTH", message: `Must be ${issue.maximum} or fewer in length.` };
  if (issue.code === "too_small")
    return { code: "BASE_TYPE_BAD_LENGTH", message: `Must be ${issue.minimum} or more in length.` };
  if (issue.code === "invalid_type" && issue.input === undefined) return requiredField;
  if (issue.code === "invalid_format") return { code: "STRING_TYPE_REGEX", message: "Not a well formed value." };
  return { code: "BASE_TYPE_CHOICES", message: issue.message };
}

/**
 * A body as it was sent, checked by itself; whether the message is empty shows only in `checkWhole`.
 * `heldFlags`: of the message that it changes.
 */
export function parseMessage(value: unknown, at: readonly PropertyKey[] = [], heldFlags = 0): MessageInput {
  const parsed = parseAs(message, value, at);
  const input = { ...parsed, flags: (parsed.flags ?? 0) | (heldFlags & COMPONENTS_V2) };
  for (const key of ["content", "embeds"] as const)
    if (isV2(input.flags) && (input[key]?.length ?? 0) > 0)
      throw refuseFields([
        {
          path: [...at, key],
          code: "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
          message: `The '${key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`,
        },
      ]);
  checkComponents(input.components ?? [], isV2(input.flags), [...at, "components"]);
  const total = (input.embeds ?? []).reduce((sum, one) => sum + lengthOf(one), 0);
  if (total > 6000)
    throw refuseFields([
      { path: [...at, "embeds"], code: "MAX_EMBED_SIZE_EXCEEDED", message: "Embed size exceeds maximum size of 6000" },
    ]);
  return input;
}

const isV2 = (flags: number | null | undefined) => ((flags ?? 0) & COMPONENTS_V2) !== 0;

function lengthOf(one: Embed): number {
  const fields = (one.fields ?? []).map((field) => field.name.length + field.value.length);
  const parts = [one.title, one.description, one.footer?.text, one.author?.name].map((part) => part?.length ?? 0);
  return [...fields, ...parts].reduce((sum, length) => sum + length, 0);
}

function checkComponents(components: unknown[], isLayout: boolean, at: readonly PropertyKey[]): void {
  parseAs(
    isLayout ? z.array(z.union([row, textDisplay, section, media, container])).max(40) : z.array(row).max(5),
    components,
    at,
  );
  const all = flatten(components as Json[]);
  const ids = all.map((one) => one["custom_id"]).filter((id) => id != null);
  if (new Set(ids).size < ids.length)
    throw refuseFields([
      { path: at, code: "COMPONENT_CUSTOM_ID_DUPLICATED", message: "Component custom id cannot be duplicated" },
    ]);
  const letters = all.reduce((sum, one) => sum + (one["type"] === 10 ? String(one["content"]).length : 0), 0);
  if (isLayout && (all.length > 40 || letters > 4000))
    throw refuseFields([
      { path: at, code: "COMPONENT_MAX_TOTAL_EXCEEDED", message: "Too many components or too much text" },
    ]);
}

/** Every component, however deep. */
export function flatten(components: readonly Json[]): Json[] {
  return components.flatMap((one) => {
    const inner = [
      ...((one["components"] as Json[] | undefined) ?? []),
      ...[one["accessory"], one["component"]].filter((part) => part != null),
    ];
    return [one, ...flatten(inner as Json[])];
  });
}

/** 50006 when nothing is left to be seen. */
export function checkWhole(body: MessageBody): void {
  const isEmpty = body.content.trim() === "" && body.components.length === 0 && body.uploads.length === 0;
  if (isEmpty && !body.embeds.some(isSeen)) throw refuse("emptyMessage");
}

function isSeen(one: Json): boolean {
  return ["title", "description", "fields", "footer", "author", "image", "thumbnail"].some((key) => {
    const value = one[key];
    return Array.isArray(value) ? value.length > 0 : value != null && value !== "";
  });
}
