import {
  AnswerSchema,
  EmbeddingsSchema,
  type ErrorCode,
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
import { codeOf, describe, type Reply, read } from './target.ts';

/** How to check that a route answers: the request, and the form of its success. */
type RouteProof = (subject: Subject, path: string) => Promise<string>;

const questionOf = ({ canary }: Subject) => `Say yes. ${canary}`;
const messagesOf = (subject: Subject) => [{ role: 'user', content: questionOf(subject) }];

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
  (body: (model: string, input: string) => object, schema: z.ZodMiniType): RouteProof =>
  async (subject, path) => {
    const { embed } = subject.models;
    if (embed === undefined) throw new NotShown('the plan has no model for embeddings');
    return posting(() => body(embed, questionOf(subject)), schema)(subject, path);
  };

const Vectors = z.object({
  data: z.array(z.object({ embedding: z.array(z.number()) })).check(z.minLength(1)),
});
const Listed = z.object({ data: z.array(z.object({ id: z.string() })).check(z.minLength(1)) });

const proofs: Readonly<Record<RouteName, RouteProof>> = {
  ask: posting(
    (subject) => ({ model: subject.models.chat, question: questionOf(subject), maxTokens: 1 }),
    AnswerSchema,
  ),
  stream: async (subject, path) => {
    const { target, key } = subject;
    const { chat, streams } = subject.models;
    if (!streams) throw new NotShown(`${chat} does not stream`);
    const body = { model: chat, question: questionOf(subject), maxTokens: 1 };
    const reply = await target.send({ path, key, body });
    const last = eventsOf(reply).at(-1);
    const { success, data } = z.safeParse(StreamEventSchema, JSON.parse(last ?? 'null'));
    if (!success || data.type !== 'done') throw new Broken('sent a stream that does not end with done');
    return '200, and the last event is done';
  },
  embed: embedding((model, input) => ({ model, inputs: [input] }), EmbeddingsSchema),
  chatCompletions: posting(
    (subject) => ({
      model: subject.models.chat,
      messages: messagesOf(subject),
      max_completion_tokens: 1,
    }),
    z.object({ object: z.literal('chat.completion') }),
  ),
  embeddings: embedding((model, input) => ({ model, input, encoding_format: 'float' }), Vectors),
  responses: posting(
    (subject) => ({
      model: subject.models.chat,
      input: questionOf(subject),
      max_output_tokens: 1,
      store: false,
    }),
    z.object({ object: z.literal('response') }),
  ),
  messages: posting(
    (subject) => ({ model: subject.models.chat, messages: messagesOf(subject), max_tokens: 1 }),
    z.object({ type: z.literal('message') }),
  ),
  countTokens: posting(
    (subject) => ({ model: subject.models.chat, messages: messagesOf(subject) }),
    z.object({ input_tokens: z.int().check(z.minimum(1)) }),
  ),
  models: getting(ModelListSchema),
  v1Models: getting(Listed),
  v1Model: getting(z.object({ id: z.string() }), ({ models: { chat } }) => chat),
  usage: getting(UsageReportSchema),
};

/** Refusals that say why a model does not answer, and that the config or the account has to change. */
const explained: readonly ErrorCode[] = ['model_unavailable', 'upstream_denied'];

const everyModel: Proof = {
  name: 'models',
  statement: 'Each model of the plan answers, or is refused with the reason',
  async check(subject) {
    const { target, key, models } = subject;
    const refused: string[] = [];
    for (const { alias, kind } of models.all) {
      const reply = await target.send(
        kind === 'chat'
          ? {
              path: routes.ask.path,
              key,
              body: { model: alias, question: questionOf(subject), maxTokens: 1 },
            }
          : { path: routes.embed.path, key, body: { model: alias, inputs: [questionOf(subject)] } },
      );
      if (reply.status === 200) continue;
      const code = codeOf(reply);
      if (!explained.some((each) => each === code)) throw new Broken(`${alias} answered ${describe(reply)}`);
      refused.push(`${alias} (${code})`);
    }
    return `${models.all.length - refused.length} answer${refused.length > 0 ? `; refused: ${refused.join(', ')}` : ''}`;
  },
};

/** Every route of the contract answers, whichever API it speaks; and every model of the plan. */
export const routeProofs: readonly Proof[] = [
  ...routeNames.map((name): Proof => {
    const { method, path } = routes[name];
    return {
      name: `route-${name}`,
      statement: `${method} ${path} answers`,
      check: (subject) => proofs[name](subject, path),
    };
  }),
  everyModel,
];

/** The data of a stream's events, heartbeats left out. */
export function eventsOf({ status, text }: Reply): string[] {
  if (status !== 200) throw new Broken(`answered ${status} to a stream`);
  return [...text.matchAll(/^data: (.*)$/gm)].flatMap(([, data]) => (data === undefined ? [] : [data]));
}
