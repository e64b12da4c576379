export {
  apiGatewayAccount,
  healthyAccount,
  lambdaAccount,
  lifecycle,
  micro,
  notBootstrapped,
  notFound,
} from './aws-account.ts';
export { type AwsAnswers, startAws, xmlFailure } from './aws-server.ts';
export { type HttpProxy, startHttpProxy } from './http-proxy.ts';
export { nothingListed, type PriceListProduct, priceListPage } from './price-list.ts';
