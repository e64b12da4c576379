import { believedForMs } from '@org/table';

/** The longest time that an ended key can still be used. */
export const refusedWithin = `The function refuses it within ${believedForMs / 1000} seconds, API Gateway as soon as it has spread the word.`;
