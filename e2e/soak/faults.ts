import type { Fault as BedrockFault } from '@org/local/bedrock';
import type { Fault as DynamoDbFault } from '@org/local/dynamodb';
import { between, choose, oneOf, type Random } from './random.ts';

/** The fault of a call or a write, with a name for the report. */
interface Met<Fault> {
  readonly name: string;
  /** Whether the bill or the write is unknown afterwards. */
  readonly ambiguous: boolean;
  readonly fault: Fault;
}

type Shares<Fault> = readonly (readonly [share: number, met: Met<Fault>])[];

const clear = <Fault>(name: string, fault: Fault): Met<Fault> => ({ name, ambiguous: false, fault });
const ambiguous = <Fault>(name: string, fault: Fault): Met<Fault> => ({ name, ambiguous: true, fault });
const exception = <Name extends string>(name: Name) => ({ kind: 'exception', name }) as const;

const clearOfBedrock: Shares<BedrockFault> = [
  ...(
    [
      [0.01, 'ThrottlingException'],
      [0.002, 'ModelNotReadyException'],
      [0.003, 'ValidationException'],
      [0.002, 'ServiceUnavailableException'],
      [0.002, 'UnrecognizedClientException'],
      [0.002, 'AccessDeniedException'],
    ] as const
  ).map(([share, name]) => [share, clear(name, exception(name))] as const),
  [0.05, clear('slow', { kind: 'slow', milliseconds: 40 })],
];

const stormOfBedrock: Shares<BedrockFault> = [
  ...(
    [
      [0.005, 'InternalServerException'],
      [0.003, 'ModelErrorException'],
      [0.003, 'ModelTimeoutException'],
    ] as const
  ).map(([share, name]) => [share, ambiguous(name, exception(name))] as const),
  [0.006, ambiguous('closed connection', { kind: 'reset' })],
  [0.006, ambiguous('cut answer', { kind: 'cut' })],
  [0.004, ambiguous('not JSON', { kind: 'body', body: '<html>' })],
  [0.0005, ambiguous('no answer', { kind: 'stall' })],
];

const streamEnds = ['cut', 'finish', 'garbage', 'ModelStreamErrorException', 'ThrottlingException'] as const;

/** The fault of a call to Bedrock. */
export function bedrockFault(
  random: Random,
  { stormy, streams }: { readonly stormy: boolean; readonly streams: boolean },
): Met<BedrockFault> | undefined {
  if (stormy && streams && random() < 0.04) {
    const name = oneOf(random, streamEnds);
    const end = name === 'cut' || name === 'finish' || name === 'garbage' ? name : { exception: name };
    return ambiguous(`stream: ${name}`, { kind: 'stream', after: between(random, 0, 12), end });
  }
  const shares = stormy ? [...clearOfBedrock, ...stormOfBedrock] : clearOfBedrock;
  return choose<Met<BedrockFault> | undefined>(random, shares, undefined);
}

const clearOfDynamoDb: Shares<DynamoDbFault> = [
  [0.002, clear('ThrottlingException', exception('ThrottlingException'))],
  [0.005, clear('slow', { kind: 'slow', milliseconds: 30 })],
];

const stormOfDynamoDb: Shares<DynamoDbFault> = [
  [0.002, ambiguous('InternalServerError', exception('InternalServerError'))],
  [0.003, ambiguous('cut off before the write', { kind: 'reset' })],
  [0.003, ambiguous('answer lost after the write', { kind: 'reset-after' })],
  [0.0003, ambiguous('no answer', { kind: 'stall' })],
];

/** The fault of a write to a team's counters. */
export function dynamodbFault(random: Random, stormy: boolean): Met<DynamoDbFault> | undefined {
  const shares = stormy ? [...clearOfDynamoDb, ...stormOfDynamoDb] : clearOfDynamoDb;
  return choose<Met<DynamoDbFault> | undefined>(random, shares, undefined);
}
