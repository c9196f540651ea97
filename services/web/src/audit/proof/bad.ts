// Why a check does not hold, in words for people.

export class Bad extends Error {
  override readonly name = 'Bad';
}

export function need(holds: boolean, reason: string): asserts holds {
  if (!holds) throw new Bad(reason);
}
