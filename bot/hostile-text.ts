// Text as strangers write it, for the bot's tests: any code unit, and the worst ones often.
import fc from "fast-check";

export const hostileText = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "\u202E",
        "\u200B",
        "\u0000",
        "\u001B[31m",
        "\uF7FF",
        "\uD800",
        "👩‍👩‍👧‍👦",
        "日本語",
        "ｶﾞ",
        "e\u0301",
        "한글",
        "שלום",
        "مرحبا",
        "🇫🇷",
        "\r\n",
        "\t",
      ),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(""));
