import { expect, test } from 'vitest';
import type { GatewayResponseDefinition } from '../template/gateway-responses.ts';
import { createGatewayResponder } from './gateway-response.ts';
import type { ResponseType } from './response-types.ts';

const responder = (type: ResponseType, definition: Partial<GatewayResponseDefinition>) =>
  createGatewayResponder(
    new Map([[type, { status: undefined, parameters: {}, templates: {}, ...definition }]]),
  );

test.each([
  '$context.error.messagestring',
  '{"id":"$context.requestID"}',
  '$context.identity',
  '$stageVariables.x',
])('a variable that does not exist is refused: %s', (template) => {
  expect(() => responder('THROTTLED', { templates: { 'application/json': template } })).toThrow(
    'does not exist',
  );
});

test.each(['static', "'open", 'context.nothing', 'method.request.header.x'])(
  'a header expression that does not exist is refused: %s',
  (expression) => {
    expect(() => responder('THROTTLED', { parameters: { 'x-header': expression } })).toThrow(
      'does not exist',
    );
  },
);

test('text that looks like VTL is not evaluated', () => {
  expect(() =>
    responder('THROTTLED', { templates: { 'application/json': '#set($x = 1) $x $input.body' } }),
  ).not.toThrow();
});
