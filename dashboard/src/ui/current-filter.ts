import { computed } from "@preact/signals";
import { everything, type Filter } from "../graph/filter/ast";
import { parseFilter } from "../graph/filter/parser";
import { address } from "./address";

const text = computed(() => address.value.filter);
const parsed = computed(() => parseFilter(text.value));

let lastGood = everything;

/** The filter in force: while its text has an error, the one before. */
export const currentFilter = computed<Filter>(() => {
  lastGood = parsed.value.filter ?? lastGood;
  return lastGood;
});

export const filterError = computed(() => parsed.value.error);
