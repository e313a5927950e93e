// Written by `cargo xtask bindings`. Do not change.
import type { Person } from "./Person";
import type { PersonFace } from "./PersonFace";

/**
 * A person with its faces.
 */
export type PersonDetails = { person: Person, 
/**
 * The newest first.
 */
faces: Array<PersonFace>, };
