export { eventFrame } from './event-stream.ts';
export { type ExceptionName, exceptionNames, type StreamExceptionName } from './exception.ts';
export type { Fault, StreamEnd } from './fault.ts';
export { blockedMessage, blockedWord } from './guardrail.ts';
export { type Encounter, type ReceivedCall, type SimulatedBedrock, startBedrock } from './server.ts';
