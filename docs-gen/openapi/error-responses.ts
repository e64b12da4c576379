import { type ErrorCode, ErrorEnvelopeSchema, errorDefinition, headers } from '@org/contract';
import type { DocstringOf } from '../docstrings.ts';
import { errorExample } from './examples.ts';
import { headerReferences } from './response-headers.ts';
import { referenceTo } from './schemas.ts';

/** API Gateway refuses a body above 10 MB before our API is called. */
const plainTextOf413 = {
  'text/plain': {
    schema: { type: 'string', description: 'Above 10 MB, without any of the headers.' },
    example: 'HTTP content length exceeded 10485760 bytes.',
  },
};

/** The responses that have these codes, by status. */
export function errorResponses(codes: readonly ErrorCode[], docs: DocstringOf) {
  const statuses = [...new Set(codes.map((code) => errorDefinition(code).status))].sort();
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      errorResponse(
        status,
        codes.filter((code) => errorDefinition(code).status === status),
        docs,
      ),
    ]),
  );
}

function errorResponse(status: number, codes: readonly ErrorCode[], docs: DocstringOf) {
  const waits = codes.some((code) => errorDefinition(code).retryAfterSeconds !== undefined);
  return {
    description: codes.map((code) => `- \`${code}\`: ${docs(`errors.${code}`).text}`).join('\n'),
    headers: headerReferences([
      headers.requestId,
      headers.anthropicRequestId,
      headers.shouldRetry,
      ...(waits ? [headers.retryAfter] : []),
    ]),
    content: {
      'application/json': {
        schema: referenceTo(ErrorEnvelopeSchema),
        examples: Object.fromEntries(codes.map((code) => [code, errorExample(code)])),
      },
      ...(status === errorDefinition('request_too_large').status && plainTextOf413),
    },
  };
}
