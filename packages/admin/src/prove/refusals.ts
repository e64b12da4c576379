import { type ErrorCode, headers } from '@org/contract';
import { Broken, NotShown } from './broken.ts';
import type { Proof, Subject } from './proof.ts';
import { type Request, refusal } from './target.ts';

const path = '/bedrock';
const unknownKey = 'a0b1c2d3e4f5a0b1c2d3e4f5a0b1c2d3e4f5a0b1';
const megabyte = 1_000_000;

interface Refusal {
  readonly name: string;
  readonly statement: string;
  readonly code: ErrorCode;
  readonly request: (subject: Subject) => Request;
}

const asking = ({ key, models: { chat } }: Subject, fields: object = {}): Request => ({
  path,
  key,
  body: { model: chat, question: 'Say yes.', maxTokens: 1, ...fields },
});

/** Calls that are refused before a model is called, each with its code, its status and a request id. */
const refusals: readonly Refusal[] = [
  {
    name: 'no-key',
    statement: 'A request without a key is refused',
    code: 'unauthenticated',
    request: (subject) => ({ ...asking(subject), key: undefined }),
  },
  {
    name: 'wrong-key',
    statement: 'A key that was never made is refused',
    code: 'unauthenticated',
    request: (subject) => ({ ...asking(subject), key: unknownKey }),
  },
  {
    name: 'wrong-path',
    statement: 'A path that does not exist is refused',
    code: 'unknown_route',
    request: ({ key }) => ({ path: '/nowhere', key, body: {} }),
  },
  {
    name: 'broken-json',
    statement: 'A body that is not JSON is refused',
    code: 'invalid_json',
    request: (subject) => ({ ...asking(subject), body: '{"model":' }),
  },
  {
    name: 'wrong-field',
    statement: 'An unknown field is refused by its name',
    code: 'invalid_request',
    request: (subject) => asking(subject, { max_tokens: 1 }),
  },
  {
    name: 'unknown-model',
    statement: 'A model that is not offered is refused',
    code: 'unknown_model',
    request: (subject) => asking(subject, { model: 'no-such-model' }),
  },
  {
    name: 'forbidden-model',
    statement: 'A model of another plan is refused',
    code: 'model_not_allowed',
    request: (subject) => {
      const { forbidden } = subject.models;
      if (forbidden === undefined) throw new NotShown('the plan has every model of the config');
      return asking(subject, { model: forbidden });
    },
  },
  {
    name: 'too-large',
    statement: 'A body of 7 MB is refused',
    code: 'request_too_large',
    request: (subject) => asking(subject, { question: 'x'.repeat(7 * megabyte) }),
  },
];

export const refusalProofs: readonly Proof[] = [
  ...refusals.map(
    ({ name, statement, code, request }): Proof => ({
      name,
      statement,
      async check(subject) {
        const reply = await subject.target.send(request(subject));
        refusal(reply, code);
        return `${reply.status} ${code}`;
      },
    }),
  ),
  {
    name: 'throttle',
    statement: 'More requests at once than the burst of the plan are refused, with the seconds to wait',
    async check({ deployment: { config }, plan, key, target }) {
      const { burst = 0 } = config.plans[plan]?.throttle ?? {};
      if (burst > mostBurst) {
        throw new NotShown(`the plan allows ${burst} at once, and no more than ${mostBurst} are tried here`);
      }
      const requests = Array.from({ length: 3 * burst + 20 }, () =>
        target.sendOnce({ method: 'GET', path: '/usage', key }),
      );
      const refused = (await Promise.all(requests)).filter(({ status }) => status !== 200);
      const [first] = refused;
      if (!first) throw new Broken(`answered all of ${requests.length} at once, with a burst of ${burst}`);
      for (const reply of refused) refusal(reply, 'rate_limited');
      if (!/^\d+$/.test(first.headers.get(headers.retryAfter) ?? ''))
        throw new Broken(`sent no ${headers.retryAfter}`);
      return `${refused.length} of ${requests.length} were refused`;
    },
  },
];

/** Small enough to try from one machine. */
const mostBurst = 100;
