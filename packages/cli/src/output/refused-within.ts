import { believedForMs } from '@org/table';

/** How long a key that was ended can still be used, at the most. */
export const refusedWithin = `The function refuses it within ${believedForMs / 1000} seconds, API Gateway as soon as it has spread the word.`;
