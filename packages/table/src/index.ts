export { Believed, believedForMs } from './believed.ts';
export {
  committedAttribute,
  type Duration,
  heldAttribute,
  type InFlightSlot,
  inFlightAttribute,
  inFlightSlotAttribute,
  inFlightSlots,
  numberOf,
  reportedAttribute,
  type Slot,
  shardsAttribute,
  type WindowAttribute,
  type WindowName,
  windowAttributes,
} from './counters-item.ts';
export { type Condition, Expression, keysFrom, keysOf } from './expression.ts';
export {
  type Access,
  AccessItem,
  type Attributes,
  AuditItem,
  accessAttributes,
  attributeValues,
  type Changes,
  ChangesItem,
  changesAttributes,
  type Item,
  KeyNameItem,
  SignInItem,
  TeamItem,
} from './item.ts';
export {
  accessKey,
  auditKey,
  changesKey,
  countersKey,
  type ItemKey,
  keyAttributes,
  keyNameKey,
  listOf,
  partitionsOf,
  proofListKey,
  replacedBefore,
  replacedKey,
  type ScopeName,
  signInKey,
  teamKey,
  teamListKey,
} from './keys.ts';
export { type LimitChanges, limitsInForce, type Raise } from './limit-changes.ts';
export { readItem, type TableLocation } from './read.ts';
