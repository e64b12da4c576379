import {
  type BedrockClient,
  type BedrockProxyErrorCode,
  createBedrockClient,
  isBedrockProxyError,
} from '@org/bedrock-client';
import { between, choose, oneOf, type Random } from './random.ts';
import { limitedShare, openTeams, type SoakTeam, teams } from './teams.ts';

/** The kind of a request. */
type Kind = 'ask' | 'stream' | 'usage' | 'models' | 'unknown model' | 'unknown key';

/** The caller's behaviour. */
type Behaviour = 'waits' | 'aborts' | 'runs out of time' | 'leaves the stream' | 'loses the connection';

/** One request of the soak. */
export interface PlannedCall {
  readonly team: SoakTeam;
  readonly key: string;
  readonly kind: Kind;
  readonly behaviour: Behaviour;
  readonly model: string;
  readonly question: string;
  readonly maxTokens: number;
  readonly retries: number;
  /** The caller leaves after this many milliseconds, or pieces of a stream. */
  readonly leavesAfter: number;
}

/** The most tokens that a planned call holds: bytes of text, template, answer. */
export const mostHeld = 600;

const word = 'What is a dystopia? ';

/**
 * The next event for the functions. If its caller has left, a call continues unseen. So before a kill, no caller leaves
 * whose account must be exact, and during a kill only teams with ambiguous faults make calls.
 */
export type Phase = 'no kill' | 'before a kill' | 'kill';

export function planCall(random: Random, phase: Phase): PlannedCall {
  const limited = random() < limitedShare;
  const candidates = limited ? teams.filter(({ plan }) => plan !== 'open') : openTeams;
  const team = oneOf(
    random,
    candidates.filter(({ stormy }) => stormy || phase !== 'kill'),
  );
  const kind = choose<Kind>(
    random,
    [
      [0.32, 'stream'],
      [0.05, 'usage'],
      [0.03, 'models'],
      [0.01, 'unknown model'],
      [0.01, 'unknown key'],
    ],
    'ask',
  );
  const leaves = choose<Behaviour>(
    random,
    [
      [0.03, 'aborts'],
      [0.02, 'runs out of time'],
      [0.02, 'loses the connection'],
      [kind === 'stream' ? 0.03 : 0, 'leaves the stream'],
    ],
    'waits',
  );
  const behaviour = phase === 'before a kill' && !team.stormy ? 'waits' : leaves;
  const models = team.plan === 'open' ? ['llama', 'titan', 'imported'] : ['llama', 'titan'];
  return {
    team,
    key: oneOf(random, team.keys),
    kind,
    behaviour,
    model: kind === 'unknown model' ? 'none' : oneOf(random, models),
    question: word.repeat(between(random, 1, 8)),
    maxTokens: between(random, 4, 60),
    retries: random() < 0.2 ? 1 : 0,
    leavesAfter: behaviour === 'leaves the stream' ? between(random, 1, 10) : between(random, 1, 60),
  };
}

/** A request's outcome: a value, or an error of the client. */
export type CallOutcome = 'value' | BedrockProxyErrorCode;

export interface Place {
  readonly url: string;
  /** URL whose connections are cut. */
  readonly flakyUrl: string;
  /** Cuts them. */
  readonly cut: () => void;
  /** Key values by name. */
  readonly keys: ReadonlyMap<string, string>;
}

/**
 * Makes a request and behaves as its caller.
 *
 * @throws Any error that is not in the client's contract.
 */
export async function makeCall(call: PlannedCall, place: Place): Promise<CallOutcome> {
  const controller = new AbortController();
  const client = createBedrockClient({
    baseUrl: call.behaviour === 'loses the connection' ? place.flakyUrl : place.url,
    apiKey: call.kind === 'unknown key' ? 'an-unknown-key' : (place.keys.get(call.key) ?? ''),
    maxRetries: call.retries,
    ...(call.behaviour === 'runs out of time' && { timeoutMs: call.leavesAfter }),
  });
  const leave = leaving(call, controller, place);
  const timer = leave && setTimeout(leave, call.leavesAfter);
  try {
    await send(client, call, controller.signal);
    return 'value';
  } catch (error) {
    if (!isBedrockProxyError(error)) throw error;
    return error.code;
  } finally {
    clearTimeout(timer);
  }
}

function leaving(
  { behaviour }: PlannedCall,
  controller: AbortController,
  { cut }: Place,
): (() => void) | undefined {
  if (behaviour === 'aborts') return () => controller.abort();
  return behaviour === 'loses the connection' ? cut : undefined;
}

async function send(client: BedrockClient, call: PlannedCall, signal: AbortSignal): Promise<void> {
  const options = { maxTokens: call.maxTokens, signal };
  switch (call.kind) {
    case 'usage':
      await client.usage({ signal });
      return;
    case 'models':
      await client.models({ signal });
      return;
    case 'stream': {
      let pieces = 0;
      for await (const { type } of client.stream(call.model, call.question, options)) {
        if (type === 'delta') pieces += 1;
        if (call.behaviour === 'leaves the stream' && pieces === call.leavesAfter) return;
      }
      return;
    }
    default:
      await client.ask(call.model, call.question, options);
  }
}

const bedrockOutcomes: readonly CallOutcome[] = [
  'model_throttled',
  'invalid_request',
  'upstream_error',
  'upstream_denied',
  'model_unavailable',
];
const stormOutcomes: readonly CallOutcome[] = [
  'model_timeout',
  'internal',
  'connection_failed',
  'stream_interrupted',
];

/** All possible outcomes of a request. Any other outcome is a fault of the proxy or of the client. */
export function possibleOutcomes({ team, kind, behaviour }: PlannedCall): ReadonlySet<CallOutcome> {
  const possible = new Set<CallOutcome>();
  const add = (...outcomes: readonly CallOutcome[]): void => {
    for (const outcome of outcomes) possible.add(outcome);
  };
  if (kind === 'unknown key') add('unauthenticated');
  else if (kind === 'unknown model') add('unknown_model');
  else add('value');
  if (behaviour === 'aborts') add('aborted');
  if (behaviour === 'runs out of time') add('timeout');
  if (behaviour === 'loses the connection') add('connection_failed', 'stream_interrupted');
  if (kind === 'unknown key') return possible;
  if (team.plan === 'hasty') add('rate_limited');
  if (team.plan === 'brief') add('quota_exceeded');
  if (kind === 'ask' || kind === 'stream') {
    add('limits_unavailable', ...bedrockOutcomes);
    if (team.plan !== 'open') add('quota_exceeded', 'rate_limited');
  }
  if (team.stormy) add(...stormOutcomes);
  return possible;
}
