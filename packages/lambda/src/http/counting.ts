import { headers } from '@org/contract';
import { countTokens } from '../call/count.ts';
import type { CountingDoor } from '../doors/door.ts';
import { spelled } from '../doors/spelling.ts';
import type { Operation } from './invocation.ts';
import { jsonBody } from './json-body.ts';
import { header } from './received-event.ts';
import { answerResponse } from './response.ts';

/** Says how many tokens a request has. */
export function counting(door: CountingDoor): Operation {
  return async ({ event, options, response, log }, caller, deadline) => {
    const { isBase64Encoded } = event;
    const body = jsonBody({
      contentType: header(event, 'content-type'),
      contentEncoding: header(event, 'content-encoding'),
      body: event.body,
      isBase64Encoded,
    });
    try {
      const asked = door.parse(body, (name) => header(event, name));
      const { model, inputTokens, exact } = await countTokens(asked, { ...options, caller, deadline });
      log.model = model.alias;
      log.modelId = model.modelId;
      const answer = answerResponse(door.answer(inputTokens), log.requestId);
      response.respond({
        ...answer,
        headers: { ...answer.headers, [headers.tokenCount]: exact ? 'exact' : 'estimate' },
      });
    } catch (thrown) {
      throw spelled(thrown, door.spelling);
    }
  };
}
