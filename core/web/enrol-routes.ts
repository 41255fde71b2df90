// GET and POST /enrol/:token. Reading never uses a link up; it is gone when settings are stored.
import { createHash } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Language } from "#contract";
import type { People } from "../people/index.ts";
import type { Clock } from "../platform/clock.ts";
import { asFonError } from "../platform/errors.ts";
import type { Enrolment, Servers } from "../servers/index.ts";
import { enrol } from "./enrol.ts";
import type { Values } from "./enrol-form.ts";
import { emptyValues, readValues, valuesOf } from "./enrol-form.ts";
import type { EnrolLimits } from "./enrol-limits.ts";
import { renderEnrolPage, renderStoredPage } from "./enrol-page.ts";
import type { EnrolPage } from "./fields.ts";
import type { Frame } from "./frame.ts";

export interface EnrolDeps {
  servers: Servers;
  people: People;
  clock: Clock;
  limits: EnrolLimits;
  /** Path before the routes as visitors see them. */
  base: string;
  sendInvalidLink: Send;
  sendTooMany: Send;
}
type Send = (request: FastifyRequest, reply: FastifyReply) => FastifyReply;

interface Answer {
  status: number;
  page: string;
}

type WithToken = { Params: { token: string } };

export function addEnrolRoutes(app: FastifyInstance, deps: EnrolDeps): void {
  const { servers, sendInvalidLink } = deps;
  const running = new Map<string, Promise<Answer>>();

  app.get<WithToken>("/enrol/:token", async (request, reply) => {
    const enrolment = await servers.enrolments.read(request.params.token);
    if (!enrolment) return sendInvalidLink(request, reply);
    const values = enrolment.existing ? valuesOf(enrolment.existing) : emptyValues;
    return reply.send(renderEnrolPage(await pageOf(deps, enrolment, values)));
  });

  app.post<WithToken>("/enrol/:token", async (request, reply) => {
    const { token } = request.params;
    const { ip } = request;
    const enrolment = await servers.enrolments.read(token);
    if (!enrolment) return sendInvalidLink(request, reply);
    const values = readValues(request.body);
    try {
      deps.limits.countPost(token);
      const answer = await once(running, digest(token, values), () =>
        answerPost(deps, { token, ip }, enrolment, values),
      );
      return await reply.status(answer.status).send(answer.page);
    } catch (error) {
      const code = asFonError(error)?.code;
      if (code === "enrol.link-invalid") return sendInvalidLink(request, reply);
      if (code === "request.too-many") return deps.sendTooMany(request, reply);
      throw error;
    }
  });
}

async function answerPost(
  deps: EnrolDeps,
  { token, ip }: { token: string; ip: string },
  enrolment: Enrolment,
  values: Values,
): Promise<Answer> {
  const { enrolments } = deps.servers;
  const countTest = () => deps.limits.countTest({ personId: enrolment.personId, ip });
  const outcome = await enrol({ enrolments, countTest }, token, enrolment, values);
  const page = await pageOf(deps, enrolment, values);
  if (outcome.kind === "stored") return { status: 200, page: renderStoredPage(page.frame, outcome) };
  const { mistakes, trial } = outcome;
  return { status: 422, page: renderEnrolPage({ ...page, mistakes, ...(trial ? { trial } : {}) }) };
}

async function pageOf(deps: EnrolDeps, enrolment: Enrolment, values: Values): Promise<EnrolPage> {
  const leftMs = enrolment.expiresAt.getTime() - deps.clock.now().getTime();
  return {
    frame: await frameFor(deps, enrolment),
    values,
    mistakes: {},
    minutesLeft: Math.max(1, Math.ceil(leftMs / 60_000)),
    ...(enrolment.existing ? { existing: enrolment.existing.label } : {}),
  };
}

async function frameFor({ people, base }: EnrolDeps, { personId }: Enrolment): Promise<Frame> {
  const person = await people.find(personId);
  const language: Language = person?.language ?? "en";
  return { language, base };
}

/** A double click posts the same form twice: both get the answer of the one test. */
function once<T>(running: Map<string, Promise<T>>, key: string, run: () => Promise<T>): Promise<T> {
  const begun = running.get(key);
  if (begun) return begun;
  const result = run().finally(() => running.delete(key));
  running.set(key, result);
  return result;
}

function digest(token: string, values: Values): string {
  return createHash("sha256")
    .update(JSON.stringify([token, values]))
    .digest("base64");
}
