import { headers } from '@org/contract';
import { Broken, NotShown } from './broken.ts';
import type { Proof, Subject } from './proof.ts';
import { describe, type Reply, refusal } from './target.ts';

const look = ({ target }: Subject, credential: string): Promise<Reply> =>
  target.send({ method: 'GET', path: '/usage', headers: { authorization: `Bearer ${credential}` } });

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

/** A token of the right form that the issuer has not signed. */
const forged = [encoded({ alg: 'RS256', kid: 'forged' }), encoded({ sub: 'forged' }), 'c2lnbmF0dXJl'].join(
  '.',
);

/** Keys and tokens in `Authorization: Bearer`. */
export const signInProofs: readonly Proof[] = [
  {
    name: 'bearer',
    statement: 'A key as a bearer token is taken, or refused, as the config says',
    async check(subject) {
      const { bearer, signIn } = subject.deployment.config;
      const reply = await look(subject, subject.key);
      if (!bearer && !signIn) {
        refusal(reply, 'unauthenticated');
        return 'refused, because the config has bearer: false';
      }
      if (reply.status !== 200) throw new Broken(`answered ${describe(reply)}`);
      return 'taken';
    },
  },
  {
    name: 'forged-token',
    statement: 'A token that the issuer did not sign is refused',
    async check(subject) {
      refusal(await look(subject, forged), 'unauthenticated');
      return '401 unauthenticated';
    },
  },
  {
    name: 'sign-in',
    statement: 'A token of the sign-in is taken, and with another signature it is refused',
    async check(subject) {
      const { token, deployment, log } = subject;
      if (!deployment.config.signIn) throw new NotShown('the config has no signIn');
      if (token === undefined) throw new NotShown('no token was given; pass one of a person who signed in');
      const reply = await look(subject, token);
      if (reply.status !== 200) throw new Broken(`answered ${describe(reply)}`);
      // Its line in the log is of the token's team, and not of this run's.
      log.answered.delete(reply.headers.get(headers.requestId) ?? '');
      const unsigned = token.slice(0, token.lastIndexOf('.') + 1);
      refusal(
        await look(subject, `${unsigned}${'A'.repeat(token.length - unsigned.length)}`),
        'unauthenticated',
      );
      return 'taken, and refused';
    },
  },
];
