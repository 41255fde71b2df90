// The part of ghtml that is used here; the package brings no types.
declare module "ghtml" {
  /** Escapes every value, except one with a `!` right before its `${`: there the value must be HTML already. */
  export function html(literals: TemplateStringsArray, ...values: (string | number | string[])[]): string;
}
