import { believedForMs } from '@org/table';

/** The longest time that calls with an ended key still work. */
export const refusedWithin = `Calls with a revoked key fail within ${believedForMs / 1000} seconds.`;

/** The same for a key that can be enabled again. */
export const disabledKeyWithin = `Calls with it fail within ${believedForMs / 1000} seconds.`;

/** The same for a key that only API Gateway disables. */
export const disabledWithin = 'API Gateway can take minutes to refuse it everywhere.';
