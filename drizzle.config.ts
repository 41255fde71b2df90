// drizzle-kit: `npm run db:generate` writes the next migration from core/schema.
import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: "./core/schema/index.ts",
  out: "./migrations",
  casing: "snake_case",
});
