import { PricingClient, paginateGetProducts } from '@aws-sdk/client-pricing';
import * as z from 'zod/mini';
import type { ClientSettings } from '../aws/endpoints.ts';
import { readUsageType, type TokenMeter } from './usage-type.ts';

/** The price of a model's tokens in AWS's Price List. */
export interface PriceListRow extends TokenMeter {
  /** The model's name in the list. */
  readonly name: string;
  readonly usdPerMillion: number;
}

/**
 * The services that have models in the list: Amazon's own and open weights; models of AWS Marketplace, per million
 * tokens; and a few Claudes.
 */
const serviceCodes = ['AmazonBedrock', 'AmazonBedrockFoundationModels', 'AmazonBedrockService'];

/**
 * Region of the Price List's endpoint. It has the prices of all Regions and answers in three.
 *
 * @see https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html
 */
const listRegion = 'us-east-1';

const Product = z.object({
  product: z.object({
    attributes: z.object({
      usagetype: z.string(),
      model: z.optional(z.string()),
      servicename: z.optional(z.string()),
      feature: z.optional(z.string()),
    }),
  }),
  terms: z.object({
    OnDemand: z.record(
      z.string(),
      z.object({
        priceDimensions: z.record(
          z.string(),
          z.object({ unit: z.string(), pricePerUnit: z.object({ USD: z.string() }) }),
        ),
      }),
    ),
  }),
});

/**
 * Reads the prices of models' tokens in a Region.
 *
 * @param settings For an SDK client; its Region does not matter.
 */
export async function readPriceList(region: string, settings: ClientSettings): Promise<PriceListRow[]> {
  const client = new PricingClient({ ...settings, region: listRegion });
  try {
    const lists = await Promise.all(serviceCodes.map((code) => readProducts(client, code, region)));
    return lists.flat().flatMap(rowsOf);
  } finally {
    client.destroy();
  }
}

async function readProducts(client: PricingClient, ServiceCode: string, region: string): Promise<string[]> {
  const Filters = [{ Type: 'TERM_MATCH' as const, Field: 'regionCode', Value: region }];
  const products: string[] = [];
  for await (const { PriceList = [] } of paginateGetProducts({ client }, { ServiceCode, Filters })) {
    products.push(...PriceList.map(String));
  }
  return products;
}

/** None for a product that is not a model's tokens. */
function rowsOf(json: string): PriceListRow[] {
  const { data } = z.safeParse(Product, JSON.parse(json));
  if (!data) return [];
  const { usagetype, model, servicename, feature = onDemand } = data.product.attributes;
  const meter = readUsageType(usagetype);
  if (!meter || feature !== onDemand) return [];
  const name = servicename?.endsWith(edition)
    ? servicename.slice(0, -edition.length)
    : (model ?? meter.subject);
  return Object.values(data.terms.OnDemand)
    .flatMap(({ priceDimensions }) => Object.values(priceDimensions))
    .flatMap(({ unit, pricePerUnit }) => {
      const perMillion = millionOf(unit);
      return perMillion === undefined
        ? []
        : // Without the noise of binary fractions.
          [{ ...meter, name, usdPerMillion: Number((Number(pricePerUnit.USD) * perMillion).toFixed(6)) }];
    });
}

const onDemand = 'On-demand Inference';
const edition = ' (Amazon Bedrock Edition)';

/** How many of a unit are a million tokens: a wrong guess would be a thousandfold. */
function millionOf(unit: string): number | undefined {
  switch (unit.toLowerCase()) {
    case '1k tokens':
      return 1000;
    case '1m tokens':
      return 1;
    default:
      return undefined;
  }
}
