/** One of AWS's model cards, as it was on the day it was read. */
export const card = (name: string) => ({
  url: `https://docs.aws.amazon.com/bedrock/latest/userguide/model-card-${name}.html`,
  date: '2026-10-01',
});

/** For prices that are on the card itself. */
export const onCard = (name: string) => {
  const { url, date } = card(name);
  return { source: url, date };
};

/** A collection of AWS's prices by others, including those of AWS's own pricing page. */
export const liteLlm = {
  source: 'https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.json',
  date: '2026-10-03',
};
