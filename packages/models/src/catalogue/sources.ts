/** A model card of AWS, as it stood on the day it was read. */
export const card = (name: string) => ({
  url: `https://docs.aws.amazon.com/bedrock/latest/userguide/model-card-${name}.html`,
  date: '2026-10-01',
});

/** Where the price is on the card itself. */
export const onCard = (name: string) => {
  const { url, date } = card(name);
  return { source: url, date };
};

/** What others keep of AWS's prices, those of its own pricing page among them. */
export const liteLlm = {
  source: 'https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.json',
  date: '2026-10-03',
};
