// What Discord accepts as a slash command, an autocomplete choice and a modal.
import { z } from "zod";
import { refuseField } from "./api-error.ts";
import { parseAs } from "./limits.ts";
import type { Json } from "./state.ts";

const locales =
  "id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja zh-TW ko".split(
    " ",
  );
const locale = z.enum(locales as [string, ...string[]]);
const nameOf = z
  .string()
  .min(1)
  .max(32)
  .regex(/^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u)
  .refine((name) => name === name.toLowerCase(), {
    params: { code: "APPLICATION_COMMAND_INVALID_NAME", message: "Command name is invalid" },
  });
const description = z.string().min(1).max(100);
const localized = <T extends z.ZodType>(schema: T) => z.partialRecord(locale, schema.nullable()).nullish();
const choice = z.object({
  name: z.string().min(1).max(100),
  name_localizations: localized(z.string().min(1).max(100)),
  value: z.union([z.string().max(100), z.number()]),
});
const named = {
  name: nameOf,
  name_localizations: localized(nameOf),
  description,
  description_localizations: localized(description),
};
const option = z.looseObject({
  type: z.int().min(1).max(11),
  ...named,
  required: z.boolean().nullish(),
  choices: z.array(choice).max(25).nullish(),
  autocomplete: z.boolean().nullish(),
  min_value: z.number().nullish(),
  max_value: z.number().nullish(),
  min_length: z.int().min(0).max(6000).nullish(),
  max_length: z.int().min(1).max(6000).nullish(),
  options: z.array(z.unknown()).max(25).nullish(),
});
const command = z.looseObject({
  type: z.literal(1).nullish(),
  ...named,
  options: z.array(z.unknown()).max(25).nullish(),
  default_member_permissions: z.string().regex(/^\d+$/).nullish(),
  contexts: z.array(z.int().min(0).max(2)).nullish(),
  integration_types: z.array(z.int().min(0).max(1)).nullish(),
  nsfw: z.boolean().nullish(),
});

export function checkCommands(value: unknown): Json[] {
  const list = parseAs(z.array(z.unknown()).max(100), value);
  const commands = list.map((one, index) => checkCommand(one, [index]));
  refuseTwins(commands, "", "APPLICATION_COMMANDS_DUPLICATE_NAME");
  return commands;
}

export function checkCommand(value: unknown, at: readonly PropertyKey[] = []): Json {
  const parsed = parseAs(command, value, at);
  const options = checkOptions(parsed.options ?? [], [...at, "options"], 0);
  const size = sizeOf({ ...parsed, options });
  if (size > 8000)
    throw refuseField(at.join("."), "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)");
  return { ...parsed, type: 1, options };
}

/** `depth`: 0 of a command, 1 of a group or sub-command, 2 of a sub-command in a group. */
function checkOptions(values: unknown[], at: readonly PropertyKey[], depth: number): Json[] {
  const options = values.map((value, index) => checkOption(value, [...at, index], depth));
  const path = at.join(".");
  refuseTwins(options, path, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS");
  const firstFree = options.findIndex((one) => one["required"] !== true);
  if (firstFree >= 0 && options.slice(firstFree).some((one) => one["required"] === true))
    throw refuseField(
      path,
      "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
      "Required options must be placed before non-required options",
    );
  const nested = options.filter((one) => Number(one["type"]) < 3).length;
  if (nested > 0 && nested < options.length)
    throw refuseField(
      path,
      "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
      "Sub-command and sub-command group option types are mutually exclusive to all other types",
    );
  return options;
}

function checkOption(value: unknown, at: readonly PropertyKey[], depth: number): Json {
  const parsed = parseAs(option, value, at);
  const path = at.join(".");
  const isNest = parsed.type < 3;
  if (isNest && (depth === 2 || (depth === 1 && parsed.type === 2)))
    throw refuseField(`${path}.type`, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Nested too deep");
  if (!isNest && (parsed.options?.length ?? 0) > 0)
    throw refuseField(`${path}.options`, "APPLICATION_COMMAND_OPTIONS_INVALID", "Only sub-commands have options");
  if (parsed.autocomplete === true && (parsed.choices?.length ?? 0) > 0)
    throw refuseField(
      `${path}.choices`,
      "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE",
      "Choices and autocomplete exclude each other",
    );
  for (const one of parsed.choices ?? [])
    if ((typeof one.value === "string") !== (parsed.type === 3))
      throw refuseField(
        `${path}.choices`,
        "APPLICATION_COMMAND_OPTIONS_CHOICE_TYPE",
        "The type of the choice's value does not fit",
      );
  return isNest ? { ...parsed, options: checkOptions(parsed.options ?? [], [...at, "options"], depth + 1) } : parsed;
}

function refuseTwins(list: readonly Json[], path: string, code: string): void {
  const names = list.map((one) => one["name"]);
  if (new Set(names).size < names.length) throw refuseField(path, code, "Names must be unique");
}

function sizeOf(node: Json): number {
  const own = [node["name"], node["description"], node["value"]].map((part) =>
    typeof part === "string" ? part.length : 0,
  );
  const inner = [...((node["options"] as Json[] | null) ?? []), ...((node["choices"] as Json[] | null) ?? [])];
  return own.reduce((sum, length) => sum + length, 0) + inner.reduce((sum, one) => sum + sizeOf(one), 0);
}

export function checkChoices(value: unknown): { name: string; value: string | number }[] {
  const parsed = parseAs(z.object({ choices: z.array(choice).max(25) }), value, ["data"]);
  return parsed.choices.map((one) => ({ name: one.name, value: one.value }));
}

const input = z.looseObject({
  type: z.literal(4),
  custom_id: z.string().min(1).max(100),
  style: z.int().min(1).max(2),
  label: z.string().min(1).max(45).nullish(),
  min_length: z.int().min(0).max(4000).nullish(),
  max_length: z.int().min(1).max(4000).nullish(),
  required: z.boolean().nullish(),
  value: z.string().max(4000).nullish(),
  placeholder: z.string().max(100).nullish(),
});
const inputRow = z.object({
  type: z.literal(1),
  components: z.array(input.extend({ label: z.string().min(1).max(45) })).length(1),
});
const labelled = z.object({
  type: z.literal(18),
  label: z.string().min(1).max(45),
  description: z.string().max(100).nullish(),
  component: z.union([input, z.looseObject({ type: z.int().min(3).max(8), custom_id: z.string().min(1).max(100) })]),
});
const modal = z.object({
  custom_id: z.string().min(1).max(100),
  title: z.string().min(1).max(45),
  components: z
    .array(z.union([inputRow, labelled, z.looseObject({ type: z.literal(10) })]))
    .min(1)
    .max(5),
});

export function checkModal(value: unknown): Json {
  return parseAs(modal, value, ["data"]);
}
