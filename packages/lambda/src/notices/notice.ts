import { amountText, type LimitKind, type LimitPeriod, type LimitScope } from '@org/contract';
import type { LimitUse } from '../ledger/admission.ts';
import { current } from '../ledger/ledger.ts';
import type { RequestLog } from '../log/request-log.ts';
import { hiddenId } from '../usage-id.ts';
import type { Message } from './publish.ts';

/** What a webhook gets, as JSON. */
export interface Notice {
  /** The proxy's name and stage: `bedrock-proxy-dev`. */
  readonly deployment: string;
  readonly team: string;
  /** Whose limit it is. */
  readonly scope: LimitScope;
  /** Id of the key, for a key's limit. */
  readonly keyId?: string | undefined;
  /** Hash of the person's id, for a person's limit. */
  readonly person?: string | undefined;
  /** Hash of the customer's id, for a customer's limit. Left out if the requests named none. */
  readonly customer?: string | undefined;
  /** Alias, for a model's limit. */
  readonly model?: string | undefined;
  readonly limit: LimitKind;
  readonly period: LimitPeriod;
  /** The share that was reached, in percent. */
  readonly threshold: number;
  readonly max: number;
  readonly used: number;
  /** ISO 8601. */
  readonly resetsAt: string;
  /** The call that reached it, as in the log. */
  readonly requestId: string;
  /** The same in English. */
  readonly text: string;
}

/** The message about a limit that a call took past a share. Nothing in it comes from a prompt or an answer. */
export function noticeMessage(
  deployment: string,
  { requestId, team = '', keyId, person, customer, model }: Readonly<RequestLog>,
  { scope, limit, period, max, used, threshold }: LimitUse,
  resetsAt: string,
): Message {
  const whose = {
    team: {},
    key: { keyId },
    person: { person: person && hiddenId(person) },
    customer: { customer: customer && hiddenId(customer) },
    model: { model },
  }[scope];
  const name = Object.values(whose)[0];
  const holder = scope === 'team' ? `The team ${team}` : `${holders[scope]} of the team ${team}`;
  const text = [
    `${holder}${name === undefined ? '' : `, ${name},`} has used ${amountText(limit, used)} of ${amountText(limit, max)}${limit === 'usd' ? '' : ` ${limit}`} ${current[period]}: ${threshold} % of the limit or more.`,
    `The limit resets at ${resetsAt}. Until then, calls that do not fit into what is left are refused.`,
    `Deployment: ${deployment}. Request: ${requestId}.`,
  ].join('\n\n');
  const facts = { deployment, team, scope, ...whose, limit, period, threshold, max, used, resetsAt };
  const of = scope === 'team' ? team : `${team}, a ${scope}`;
  return {
    team,
    subject: asSubject(
      `${of}: ${threshold} % of the ${limit === 'usd' ? 'spend' : limit} ${current[period]} used (${deployment})`,
    ),
    text,
    json: { ...facts, requestId, text } satisfies Notice,
  };
}

const holders = {
  key: 'A key',
  person: 'A person',
  customer: 'A customer',
  model: 'A model',
} as const satisfies Record<Exclude<LimitScope, 'team'>, string>;

/** SNS refuses other subjects: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
function asSubject(text: string): string {
  return text.replaceAll(/[^ -~]/g, '?').slice(0, 100);
}
