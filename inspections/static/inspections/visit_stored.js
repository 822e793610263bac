// The receipt of a visit: the draft it was typed in has done its work. The draft of another visit there stays.
import { drop, keyOf, read } from "./drafts.js";

const { draft, id } = document.getElementById("stored").dataset;
const key = keyOf(draft);

if (read(key)?.id?.includes(id)) drop(key);
