import type { Fault as BedrockFault, Encounter } from '@org/local/bedrock';
import type { Fault as DynamoDbFault } from '@org/local/dynamodb';
import { between, choose, oneOf, type Random } from './random.ts';

/** What a call or a write meets, with a name for the report. */
interface Named<Fault> {
  readonly name: string;
  /** Whether nobody can know afterwards what was billed or written. */
  readonly ambiguous: boolean;
  readonly fault: Fault;
}

const exception = (
  name: Extract<BedrockFault, { kind: 'exception' }>['name'],
  ambiguous = false,
): Named<BedrockFault> => ({ name, ambiguous, fault: { kind: 'exception', name } });

const clearOfBedrock: readonly (readonly [number, Named<BedrockFault>])[] = [
  [0.01, exception('ThrottlingException')],
  [0.002, exception('ModelNotReadyException')],
  [0.003, exception('ValidationException')],
  [0.002, exception('ServiceUnavailableException')],
  [0.002, exception('UnrecognizedClientException')],
  [0.002, exception('AccessDeniedException')],
];

const stormOfBedrock: readonly (readonly [number, Named<BedrockFault>])[] = [
  [0.005, exception('InternalServerException', true)],
  [0.003, exception('ModelErrorException', true)],
  [0.003, exception('ModelTimeoutException', true)],
  [0.006, { name: 'closed connection', ambiguous: true, fault: { kind: 'reset' } }],
  [0.006, { name: 'cut answer', ambiguous: true, fault: { kind: 'cut' } }],
  [0.004, { name: 'not JSON', ambiguous: true, fault: { kind: 'body', body: '<html>' } }],
  [0.0005, { name: 'no answer', ambiguous: true, fault: { kind: 'stall' } }],
];

const streamEnds = ['cut', 'finish', 'garbage', 'ModelStreamErrorException', 'ThrottlingException'] as const;

/** What a call to Bedrock meets. */
export function bedrockFault(
  random: Random,
  { stormy, streams }: { readonly stormy: boolean; readonly streams: boolean },
): { readonly name: string | undefined; readonly ambiguous: boolean; readonly encounter: Encounter } {
  if (stormy && streams && random() < 0.04) {
    const end = oneOf(random, streamEnds);
    const after = between(random, 0, 12);
    const fault: BedrockFault = {
      kind: 'stream',
      after,
      end: end === 'cut' || end === 'finish' || end === 'garbage' ? end : { exception: end },
    };
    return { name: `stream: ${end}`, ambiguous: true, encounter: { fault } };
  }
  const shares = stormy ? [...clearOfBedrock, ...stormOfBedrock] : clearOfBedrock;
  const named = choose<Named<BedrockFault> | undefined>(random, shares, undefined);
  if (named) return { name: named.name, ambiguous: named.ambiguous, encounter: { fault: named.fault } };
  if (random() >= 0.05) return { name: undefined, ambiguous: false, encounter: {} };
  const milliseconds = between(random, 5, 80);
  return { name: 'slow', ambiguous: false, encounter: { fault: { kind: 'slow', milliseconds } } };
}

const none: Named<DynamoDbFault> = { name: 'none', ambiguous: false, fault: { kind: 'none' } };

const clearOfDynamoDb: readonly (readonly [number, Named<DynamoDbFault>])[] = [
  [
    0.002,
    {
      name: 'ThrottlingException',
      ambiguous: false,
      fault: { kind: 'exception', name: 'ThrottlingException' },
    },
  ],
  [0.005, { name: 'slow', ambiguous: false, fault: { kind: 'slow', milliseconds: 30 } }],
];

const stormOfDynamoDb: readonly (readonly [number, Named<DynamoDbFault>])[] = [
  [
    0.002,
    {
      name: 'InternalServerError',
      ambiguous: true,
      fault: { kind: 'exception', name: 'InternalServerError' },
    },
  ],
  [0.003, { name: 'cut off before the write', ambiguous: true, fault: { kind: 'reset' } }],
  [0.003, { name: 'answer lost after the write', ambiguous: true, fault: { kind: 'reset-after' } }],
  [0.0003, { name: 'no answer', ambiguous: true, fault: { kind: 'stall' } }],
];

/** What a write to a team's counters meets. */
export function dynamodbFault(random: Random, stormy: boolean): Named<DynamoDbFault> {
  return choose(random, stormy ? [...clearOfDynamoDb, ...stormOfDynamoDb] : clearOfDynamoDb, none);
}
