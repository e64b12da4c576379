import { amountText, errorDefinition, isErrorCode } from '@org/contract';
import { chargeText, countText, limitText, secondsText } from '../limits-text.ts';
import type { RequestLookup } from './find-request.ts';
import type { GatewayAccess, LoggedAuthorization, LoggedRequest } from './logged-request.ts';

/** What became of a request, in sentences for people. */
export function describeRequest(lookup: RequestLookup): string[] {
  const { request, authorization, access, promptNotKept } = lookup;
  return [
    ...(request ? ofFunction(request) : []),
    ...(promptNotKept === undefined ? [] : [`The prompt log does not have it: ${promptNotKept}.`]),
    ...(authorization ? ofAuthorizer(authorization) : []),
    ...(access && !request ? ofGateway(access) : []),
    ...(wasFound(lookup) ? [] : notFound(lookup)),
  ];
}

/** Whether any log has a line of the request. */
export function wasFound({ request, authorization, access }: RequestLookup): boolean {
  return [request, authorization, access].some((line) => line !== undefined);
}

function ofFunction(request: LoggedRequest): string[] {
  const { status, code, totalMs, refusedBy, held, charged, failure, maxTokensLoweredTo } = request;
  const after = totalMs === undefined ? '' : ` after ${secondsText(totalMs)}`;
  const message = code !== undefined && isErrorCode(code) ? errorDefinition(code).message : undefined;
  return [
    code === undefined
      ? `It was answered with status ${status}${after}.`
      : `It ended with the error ${code}, status ${status}${after}.`,
    ...(message === undefined ? [] : [`That means: ${message}`]),
    ...(refusedBy ? [refusalText(refusedBy)] : []),
    ...(failure ? [failureText(failure)] : []),
    ...(held ? [`Held before the call: ${chargeText(held)}.`] : []),
    ...(charged ? [`Charged after it: ${chargeText(charged)}.`] : []),
    ...(!held && code !== undefined ? ['Nothing was held, and nothing is charged.'] : []),
    ...(request.settleError === undefined
      ? []
      : [`The charge could not be written (${request.settleError}), so all that was held stays charged.`]),
    ...(request.underestimated
      ? ['It cost more than was held, so a limit may be overspent by the difference.']
      : []),
    ...(request.callerGone ? ['The caller hung up before the end.'] : []),
    ...(maxTokensLoweredTo === undefined
      ? []
      : [`Its plan lowered maxTokens to ${countText(maxTokensLoweredTo, 'output tokens')}.`]),
  ];
}

function refusalText(refusedBy: NonNullable<LoggedRequest['refusedBy']>) {
  const { limit, period, scope, max, used = 0, allowedNow, needed, resetsAt } = refusedBy;
  if (limit === 'callsAtOnce') {
    return `The limit of ${limitText({ limit }, max)} of the ${scope} refused it: ${used} were in flight.`;
  }
  const whose = `The limit ${limit}/${period} of the ${scope}`;
  if (needed !== undefined) {
    return `${whose} allows ${amountText(limit, max)}, and the call alone may need ${amountText(limit, needed)}.`;
  }
  const resets = resetsAt === undefined ? '' : ` It resets at ${resetsAt}.`;
  const pace =
    allowedNow === undefined ? '' : `, and its pace allowed ${amountText(limit, allowedNow)} by then`;
  return `${whose} refused it: ${amountText(limit, used)} of ${amountText(limit, max)} were used${pace}.${resets}`;
}

function failureText({ name, status, said }: NonNullable<LoggedRequest['failure']>): string {
  const words = said === undefined ? '' : ` It said: "${said}".`;
  return `AWS failed: ${name}${status === undefined ? '' : `, status ${status}`}.${words}`;
}

function ofAuthorizer({ outcome, reason, remedy, team, failure }: LoggedAuthorization): string[] {
  const why = reason ?? failure;
  switch (outcome) {
    case 'token':
      return [`The sign-in token was accepted${team === undefined ? '' : `, for the team ${team}`}.`];
    case 'refused':
      return [
        `The credential was refused${why === undefined ? '' : `: ${why}`}.`,
        ...(remedy === undefined ? [] : [remedy]),
      ];
    case 'failed':
      return [`The credential could not be checked${why === undefined ? '' : `: ${why}`}.`];
  }
}

function ofGateway({ status, responseType, httpMethod, resourcePath }: GatewayAccess): string[] {
  const why = responseType === '-' ? '' : `, because of ${responseType}`;
  return [`API Gateway itself answered ${httpMethod} ${resourcePath} with status ${status}${why}.`];
}

function notFound({ from, to, hasAccessLog }: RequestLookup): string[] {
  return [
    `No log has a line of it between ${from} and ${to}.`,
    'A line is found some seconds after the request ended. Check the id, or search further back.',
    ...(hasAccessLog
      ? []
      : [
          'If API Gateway itself refused it (an unknown key, its throttle or its quota), only an access log would say so, and this deployment has none (accessLog).',
        ]),
  ];
}
