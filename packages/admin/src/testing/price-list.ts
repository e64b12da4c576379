import type { AwsAnswer, AwsAnswers } from './aws-server.ts';

/** A row of AWS's Price List. */
export interface PriceListProduct {
  readonly usagetype: string;
  readonly usd: string;
  /** Default: `1K tokens`. */
  readonly unit?: string;
  readonly model?: string;
  readonly servicename?: string;
  readonly feature?: string;
}

/** An answer of `GetProducts`: a page, and where the next one is. */
export function priceListPage(products: readonly PriceListProduct[], NextToken?: string): AwsAnswer {
  return { body: { FormatVersion: 'aws_v1', NextToken, PriceList: products.map(productJson) } };
}

/** A Price List without a row, of each service that has models. */
export const nothingListed: AwsAnswers = {
  'GetProducts AmazonBedrock': priceListPage([]),
  'GetProducts AmazonBedrockFoundationModels': priceListPage([]),
  'GetProducts AmazonBedrockService': priceListPage([]),
};

function productJson({ usd, unit = '1K tokens', ...attributes }: PriceListProduct): string {
  const sku = attributes.usagetype;
  return JSON.stringify({
    product: { productFamily: 'Amazon Bedrock', sku, attributes: { regionCode: 'us-east-1', ...attributes } },
    serviceCode: 'AmazonBedrock',
    terms: {
      OnDemand: {
        [`${sku}.T`]: { priceDimensions: { [`${sku}.T.D`]: { unit, pricePerUnit: { USD: usd } } } },
      },
    },
  });
}
