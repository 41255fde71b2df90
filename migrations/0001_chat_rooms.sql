CREATE TABLE "announcement_mark" (
	"announcement_id" bigint NOT NULL,
	"person_id" bigint NOT NULL,
	"kind" text NOT NULL,
	"marked_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "announcement_mark_announcement_id_person_id_kind_pk" PRIMARY KEY("announcement_id","person_id","kind")
);
--> statement-breakpoint
CREATE TABLE "button" (
	"platform" text NOT NULL,
	"id" text NOT NULL,
	"command" text NOT NULL,
	"room" jsonb NOT NULL,
	"user_id" text,
	"kept_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "button_platform_id_pk" PRIMARY KEY("platform","id")
);
--> statement-breakpoint
CREATE TABLE "message" (
	"platform" text NOT NULL,
	"key" text NOT NULL,
	"chat_id" text NOT NULL,
	"message_id" text NOT NULL,
	"user_id" text,
	"follow" jsonb,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "message_platform_key_chat_id_pk" PRIMARY KEY("platform","key","chat_id")
);
--> statement-breakpoint
ALTER TABLE "announcement" ALTER COLUMN "share_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "announcement" ADD COLUMN "group_id" bigint;--> statement-breakpoint
ALTER TABLE "announcement" ADD COLUMN "due_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "announcement" ADD COLUMN "told_at" timestamp with time zone;--> statement-breakpoint
UPDATE "announcement" a SET "group_id" = s."group_id", "due_at" = a."created_at", "told_at" = a."created_at" FROM "share" s WHERE s."id" = a."share_id";--> statement-breakpoint
UPDATE "announcement" a SET "share_id" = NULL WHERE EXISTS (SELECT FROM "announced_file" f WHERE f."announcement_id" = a."id");--> statement-breakpoint
ALTER TABLE "announcement" ALTER COLUMN "group_id" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "share_group" ADD COLUMN "news" text DEFAULT 'full' NOT NULL;--> statement-breakpoint
ALTER TABLE "share_group" ADD COLUMN "quiet" jsonb;--> statement-breakpoint
ALTER TABLE "member" ADD COLUMN "platform" text;--> statement-breakpoint
ALTER TABLE "member" ADD COLUMN "room_id" text;--> statement-breakpoint
ALTER TABLE "room" ADD COLUMN "parent_id" text;--> statement-breakpoint
ALTER TABLE "room" ADD COLUMN "language" text DEFAULT 'en' NOT NULL;--> statement-breakpoint
ALTER TABLE "announcement_mark" ADD CONSTRAINT "announcement_mark_announcement_id_announcement_id_fk" FOREIGN KEY ("announcement_id") REFERENCES "public"."announcement"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "announcement_mark" ADD CONSTRAINT "announcement_mark_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "announcement_mark_person_id_index" ON "announcement_mark" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "button_kept_at_index" ON "button" USING btree ("kept_at");--> statement-breakpoint
CREATE INDEX "button_platform_user_id_index" ON "button" USING btree ("platform","user_id");--> statement-breakpoint
CREATE INDEX "message_changed_at_index" ON "message" USING btree ("changed_at");--> statement-breakpoint
CREATE INDEX "message_platform_user_id_index" ON "message" USING btree ("platform","user_id");--> statement-breakpoint
ALTER TABLE "announcement" ADD CONSTRAINT "announcement_group_id_share_group_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."share_group"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "announcement_group_id_told_at_index" ON "announcement" USING btree ("group_id","told_at");--> statement-breakpoint
CREATE INDEX "announcement_due_at_index" ON "announcement" USING btree ("due_at");--> statement-breakpoint
CREATE INDEX "room_platform_parent_id_index" ON "room" USING btree ("platform","parent_id");