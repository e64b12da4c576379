import { believedForMs } from '@org/table';
import { revokeKey } from '../keys/revoke-key.ts';
import { rotateKey } from '../keys/rotate-key.ts';
import { Broken } from './broken.ts';
import type { Proof, Subject } from './proof.ts';
import { describe, refusal } from './target.ts';

/** The function's bound, and some room for the requests themselves. */
const boundMs = believedForMs + 15_000;

const look = ({ target }: Subject, key: string) => target.send({ method: 'GET', path: '/usage', key });

/** Waits until a key is refused. @throws {Broken} If it still works when it should not. */
async function untilRefused(subject: Subject, key: string): Promise<string> {
  const { now } = subject.deployment;
  for (const since = now(); ; ) {
    const reply = await look(subject, key);
    const after = now() - since;
    if (reply.status !== 200) {
      refusal(reply, 'unauthenticated');
      return `refused after ${Math.ceil(after / 1000)} s`;
    }
    if (after > boundMs) throw new Broken(`still answers after ${Math.round(after / 1000)} s`);
    await subject.wait(1000);
  }
}

export const keyProofs: readonly Proof[] = [
  {
    name: 'overlap',
    statement: 'While keys overlap after a rotation, the old one and the new one work',
    async check(subject) {
      const { deployment } = subject;
      const old = await subject.newKey();
      const { key } = await rotateKey(deployment, { name: old.name, overlap: 60 * 60 * 1000 });
      subject.log.secrets.add(key.value);
      await subject.target.untilTaken(key.value);
      const reply = await look(subject, old.value);
      if (reply.status !== 200) throw new Broken(`answered ${describe(reply)} to the old key`);
      return 'both work';
    },
  },
  {
    name: 'rotate-now',
    statement: `After a rotation without overlap, the old key is refused within ${boundMs / 1000} s, and the new one works`,
    async check(subject) {
      const old = await subject.newKey();
      const { key } = await rotateKey(subject.deployment, { name: old.name, overlap: 'now' });
      subject.log.secrets.add(key.value);
      await subject.target.untilTaken(key.value);
      return untilRefused(subject, old.value);
    },
  },
  {
    name: 'revoke',
    statement: `A revoked key is refused within ${boundMs / 1000} s`,
    async check(subject) {
      const { name, value } = await subject.newKey();
      await revokeKey(subject.deployment, { name });
      return untilRefused(subject, value);
    },
  },
];
