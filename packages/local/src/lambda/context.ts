import type { Invocation } from './messages.ts';

/** The second argument of a handler on nodejs24.x. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
export interface HandlerContext {
  readonly awsRequestId: string;
  readonly callbackWaitsForEmptyEventLoop: boolean;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly memoryLimitInMB: string;
  getRemainingTimeInMillis(): number;
}

export function handlerContext(invocation: Invocation): HandlerContext {
  return {
    awsRequestId: invocation.awsRequestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: invocation.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: invocation.functionArn,
    logGroupName: invocation.logGroupName,
    logStreamName: invocation.logStreamName,
    memoryLimitInMB: String(invocation.memoryMb),
    getRemainingTimeInMillis: () => Math.max(0, invocation.deadline - Date.now()),
  };
}
