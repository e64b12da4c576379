export { type ExceptionName, exceptionNames, type StreamExceptionName } from './exception.ts';
export type { Fault, StreamEnd } from './fault.ts';
export { blockedMessage, blockedWord } from './guardrail.ts';
export {
  type Bill,
  type Encounter,
  type ReceivedCall,
  type SimulatedBedrock,
  startBedrock,
} from './server.ts';
export { eventFrame } from './wire/event-stream.ts';
