import type { ProofResult } from './proof.ts';

/** Something that no test on one machine shows, because it depends on AWS. */
interface ChecklistItem {
  readonly statement: string;
  /** The names of the proofs that show it. */
  readonly proofs: readonly string[];
}

const streams = ['stream', 'chatCompletions', 'responses', 'messages'].map((name) => `streaming-${name}`);

/** What only a deployment shows, as far as a proof can show it. */
export const checklist: readonly ChecklistItem[] = [
  { statement: 'The account has what the deployment needs', proofs: ['doctor'] },
  { statement: "The function's role may call each model", proofs: ['models'] },
  { statement: 'A stream arrives piece by piece', proofs: streams },
  {
    statement: 'Refusals have the one form of all errors, and a request id',
    proofs: ['no-key', 'wrong-key', 'wrong-path', 'broken-json', 'too-large'],
  },
  { statement: 'A body that is larger than API Gateway takes is refused', proofs: ['far-too-large'] },
  { statement: 'A whole answer may take longer than 29 s', proofs: ['long-answer'] },
  { statement: 'A key over its limit is refused until it resets', proofs: ['race', 'spent'] },
  { statement: "A key over its plan's throttle is refused, with the seconds to wait", proofs: ['throttle'] },
  { statement: 'API Gateway has the throttles and the quotas of the config', proofs: ['plans'] },
  { statement: 'A caller who hangs up is charged', proofs: ['hang-up', 'recorded'] },
  {
    statement: 'A new key is taken, and a rotated or revoked one refused, within their bounds',
    proofs: ['new-key', 'overlap', 'rotate-now', 'revoke'],
  },
  {
    statement: 'The requests are in the log, without prompts and keys',
    proofs: ['logged', 'log-without-content'],
  },
  { statement: 'The metrics are in the namespace of the deployment', proofs: ['metrics'] },
  { statement: 'The alarms notify an address', proofs: ['alarms', 'alarm-notices'] },
  { statement: 'The access log has lines, and no key', proofs: ['access-log', 'log-without-content'] },
  { statement: 'A token and a key work side by side', proofs: ['bearer', 'sign-in'] },
];

/** An item of the checklist after a run. */
export interface CheckedItem {
  readonly statement: string;
  readonly outcome: ProofResult['outcome'];
  /** The proofs that did not hold; if all did, all of them. */
  readonly because: readonly ProofResult[];
}

/** An item holds if all its proofs do. One that was not tried is not shown. */
export function checkOff(results: readonly ProofResult[]): CheckedItem[] {
  return checklist.map(({ statement, proofs }) => {
    const tried = results.filter(({ name }) => proofs.includes(name));
    const broken = tried.filter(({ outcome }) => outcome === 'broken');
    if (broken.length > 0) return { statement, outcome: 'broken', because: broken };
    const held = tried.filter(({ outcome }) => outcome === 'holds');
    if (held.length === proofs.length) return { statement, outcome: 'holds', because: held };
    return {
      statement,
      outcome: 'not shown',
      because: tried.filter(({ outcome }) => outcome === 'not shown'),
    };
  });
}
