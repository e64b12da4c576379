import type {
  MessageCountTokensParams as BetaCountTokensParams,
  MessageCreateParams as BetaCreateParams,
} from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type {
  MessageCountTokensParams,
  MessageCreateParams,
} from '@anthropic-ai/sdk/resources/messages/messages';
import { expectTypeOf, test } from 'vitest';
import type { CountField, MessageField } from './fields.ts';

type Lacking<Params, Field> = Exclude<Params extends unknown ? keyof Params : never, Field>;

test("every field of the SDK's requests is in a table", () => {
  expectTypeOf<Lacking<MessageCreateParams | BetaCreateParams, MessageField>>().toBeNever();
  expectTypeOf<Lacking<MessageCountTokensParams | BetaCountTokensParams, CountField>>().toBeNever();
});
