// Written by `cargo xtask bindings`. Do not change.
import type { Person } from "./Person";
import type { PersonFace } from "./PersonFace";

/**
 * A person with all their faces.
 */
export type PersonDetails = { person: Person, 
/**
 * Newest first.
 */
faces: Array<PersonFace>, };
