//! What people do with the program, from its first start on.

mod accessibility;
mod downloads;
mod explore;
mod first_start;
mod going_on;
mod guide;
mod languages;
mod looks;
mod many;
mod measuring;
mod offline;
mod outside;
mod people;
mod similar;
mod viewer;
