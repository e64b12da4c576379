import * as z from 'zod/mini';
import type { Reference } from './references.ts';

/** Who gets a notice when a limit is nearly reached: each receiver one for each limit, share of `warnAt` and period. */
export interface NotifyConfig {
  /**
   * Addresses that get a mail: `'ann@example.com'`, or a list. Each gets a request to confirm first, and nothing until then.
   * Default: none.
   */
  email?: string | readonly string[] | undefined;
  /**
   * `https` URLs that get a signed POST, or a list: `'https://hooks.example.com/limits'`. Each must be on the internet, and
   * confirms itself by opening the URL that the first message has. Default: none.
   *
   * @see https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.prepare.html
   */
  webhook?: string | readonly string[] | undefined;
}

/** A list, or its only entry. */
const oneOrMore = (entry: z.ZodMiniType<string, string>) =>
  z._default(
    z.pipe(
      z.union([entry, z.array(entry)]),
      z.transform((value): string[] => [value].flat()),
    ),
    [],
  );

export const Email = z
  .string()
  .check(z.regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, { error: 'must be an e-mail address', abort: true }));

export const Webhook = z.string().check(
  z.refine(isPublicUrl, {
    error: 'must be an https URL without a user and a password, such as https://hooks.example.com/limits',
    abort: true,
  }),
);

function isPublicUrl(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'https:' && url.username === '' && url.password === '' && !/[\s#]/.test(text);
}

export const Notify = z.strictObject({
  email: oneOrMore(Email),
  webhook: oneOrMore(Webhook),
} satisfies Record<keyof NotifyConfig, z.ZodMiniType>);

/** `true` stands for a topic without receivers. */
export const NotifySetting = z._default(
  z.pipe(
    z.union([Notify, z.boolean()]),
    z.transform((value): z.output<typeof Notify> | false =>
      value === true ? { email: [], webhook: [] } : value,
    ),
  ),
  false,
);

/** The parts of a config that name receivers. */
interface Notifying {
  readonly notify?: z.output<typeof NotifySetting> | undefined;
  readonly teams?:
    | Readonly<Record<string, { readonly notify?: z.output<typeof Notify> | undefined }>>
    | undefined;
}

export type ReceiverProtocol = 'email' | 'https';

/** A receiver of notices. */
export interface Receiver {
  readonly protocol: ReceiverProtocol;
  /** The address or the URL. */
  readonly endpoint: string;
  /** The teams whose notices it gets, sorted. Undefined: all teams, also those made at run time. */
  readonly teams: readonly string[] | undefined;
}

/** The receivers of a config, each once: SNS knows an endpoint of a topic once. */
export function receiversOf({ notify, teams = {} }: Notifying): Receiver[] {
  const named = [
    ...endpointsOf(notify || undefined).map((each) => ({ ...each, team: undefined })),
    ...Object.entries(teams).flatMap(([team, { notify: own }]) =>
      endpointsOf(own).map((each) => ({ ...each, team })),
    ),
  ];
  const byEndpoint = Map.groupBy(named, ({ protocol, endpoint }) => `${protocol} ${endpoint}`);
  return [...byEndpoint.values()].flatMap((entries) => {
    const [first] = entries;
    if (!first) return [];
    const { protocol, endpoint } = first;
    const ofTeams = entries.flatMap(({ team }) => team ?? []);
    const ofAll = ofTeams.length < entries.length;
    return [{ protocol, endpoint, teams: ofAll ? undefined : [...new Set(ofTeams)].toSorted() }];
  });
}

function endpointsOf(notify: z.output<typeof Notify> | undefined): Omit<Receiver, 'teams'>[] {
  const { email = [], webhook = [] } = notify ?? {};
  return [
    ...email.map((endpoint) => ({ protocol: 'email', endpoint }) as const),
    ...webhook.map((endpoint) => ({ protocol: 'https', endpoint }) as const),
  ];
}

/** Whether a deployment has a topic for notices. */
export function hasNotices(config: Notifying): boolean {
  return Boolean(config.notify) || receiversOf(config).length > 0;
}

/**
 * How often SNS tries to reach a webhook that fails: 18 times more, in about three quarters of an hour. An hour is the most that
 * it allows.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
 */
export const webhookDelivery = {
  healthyRetryPolicy: {
    minDelayTarget: 10,
    maxDelayTarget: 300,
    numRetries: 18,
    numMinDelayRetries: 2,
    numMaxDelayRetries: 6,
    backoffFunction: 'exponential',
  },
  requestPolicy: { headerContentType: 'application/json' },
} as const;

/** The subscriptions of a topic that may filter, and the values that a filter may have. */
const most = { filters: 200, teams: 150 };

/**
 * Finds more receivers than SNS takes.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
 */
export function* checkNotify(config: Notifying): Iterable<Reference> {
  const filtered = receiversOf(config).filter(({ teams }) => teams !== undefined);
  if (filtered.length > most.filters) {
    const message = `teams name ${filtered.length} receivers, but SNS allows ${most.filters}; name some for all teams, in notify beside teams`;
    yield { path: ['teams'], message };
  }
  for (const { endpoint, teams = [] } of filtered) {
    if (teams.length <= most.teams) continue;
    const message = `${endpoint} is a receiver of ${teams.length} teams, but SNS allows ${most.teams}; name it for all teams, in notify beside teams`;
    yield { path: ['teams'], message };
  }
}
