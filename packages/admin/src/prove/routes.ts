import {
  AnswerSchema,
  EmbeddingsSchema,
  ModelListSchema,
  type RouteName,
  routeNames,
  routes,
  StreamEventSchema,
  UsageReportSchema,
} from '@org/contract';
import * as z from 'zod/mini';
import { Broken, NotShown } from './broken.ts';
import type { Proof, Subject } from './proof.ts';
import { type Reply, read } from './target.ts';

const question = 'Say yes.';
const messages = [{ role: 'user', content: question }];

/** How to check that a route answers: the request, and the form of its success. */
type RouteProof = (subject: Subject, path: string) => Promise<string>;

const posting =
  (body: (subject: Subject) => object, schema: z.ZodMiniType): RouteProof =>
  async (subject, path) => {
    read(await subject.target.send({ path, key: subject.key, body: body(subject) }), schema);
    return '200';
  };

const getting =
  (schema: z.ZodMiniType, parameter: (subject: Subject) => string = () => ''): RouteProof =>
  async (subject, path) => {
    const named = path.replace(/\{\w+\}/, encodeURIComponent(parameter(subject)));
    read(await subject.target.send({ method: 'GET', path: named, key: subject.key }), schema);
    return '200';
  };

const embedding =
  (body: (model: string) => object, schema: z.ZodMiniType): RouteProof =>
  async (subject, path) => {
    const { embed } = subject.models;
    if (embed === undefined) throw new NotShown('the plan has no model for embeddings');
    return posting(() => body(embed), schema)(subject, path);
  };

const Vectors = z.object({
  data: z.array(z.object({ embedding: z.array(z.number()) })).check(z.minLength(1)),
});
const Listed = z.object({ data: z.array(z.object({ id: z.string() })).check(z.minLength(1)) });

const proofs: Readonly<Record<RouteName, RouteProof>> = {
  ask: posting(({ models: { chat } }) => ({ model: chat, question, maxTokens: 1 }), AnswerSchema),
  stream: async ({ target, key, models: { chat, streams } }, path) => {
    if (!streams) throw new NotShown(`${chat} does not stream`);
    const reply = await target.send({ path, key, body: { model: chat, question, maxTokens: 1 } });
    const last = eventsOf(reply).at(-1);
    const { success, data } = z.safeParse(StreamEventSchema, JSON.parse(last ?? 'null'));
    if (!success || data.type !== 'done') throw new Broken('sent a stream that does not end with done');
    return '200, and the last event is done';
  },
  embed: embedding((model) => ({ model, inputs: [question] }), EmbeddingsSchema),
  chatCompletions: posting(
    ({ models: { chat } }) => ({ model: chat, messages, max_completion_tokens: 1 }),
    z.object({ object: z.literal('chat.completion') }),
  ),
  embeddings: embedding((model) => ({ model, input: question, encoding_format: 'float' }), Vectors),
  responses: posting(
    ({ models: { chat } }) => ({ model: chat, input: question, max_output_tokens: 1, store: false }),
    z.object({ object: z.literal('response') }),
  ),
  messages: posting(
    ({ models: { chat } }) => ({ model: chat, messages, max_tokens: 1 }),
    z.object({ type: z.literal('message') }),
  ),
  countTokens: posting(
    ({ models: { chat } }) => ({ model: chat, messages }),
    z.object({ input_tokens: z.int().check(z.minimum(1)) }),
  ),
  models: getting(ModelListSchema),
  v1Models: getting(Listed),
  v1Model: getting(z.object({ id: z.string() }), ({ models: { chat } }) => chat),
  usage: getting(UsageReportSchema),
};

/** Every route of the contract answers, whichever API it speaks. */
export const routeProofs: readonly Proof[] = routeNames.map((name) => {
  const { method, path } = routes[name];
  return {
    name: `route-${name}`,
    statement: `${method} ${path} answers`,
    check: (subject) => proofs[name](subject, path),
  };
});

/** The data of a stream's events, heartbeats left out. */
export function eventsOf({ status, text }: Reply): string[] {
  if (status !== 200) throw new Broken(`answered ${status} to a stream`);
  return [...text.matchAll(/^data: (.*)$/gm)].flatMap(([, data]) => (data === undefined ? [] : [data]));
}
