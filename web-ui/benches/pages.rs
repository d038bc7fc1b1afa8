//! The home page with fifty items: the time to render it, and its size as sent (brotli).

#[path = "../tests/village/mod.rs"]
mod village;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use dorpsplein_web_ui::{Lang, assets, pages};

fn home_page(criterion: &mut Criterion) {
    let frame = village::frame();
    let page = village::busy_news(50);
    let html = pages::news(&frame, &page, Lang::Nl).expect("the page of the village renders");
    println!("home page of 50 items: {} bytes, {} bytes brotli", html.len(), brotli_bytes(html.as_bytes()));
    println!("style sheet: {} bytes, {} bytes brotli", assets::STYLE.len(), brotli_bytes(assets::STYLE.as_bytes()));
    criterion.bench_function("home page of 50 items", |bencher| {
        bencher.iter(|| pages::news(black_box(&frame), black_box(&page), Lang::Nl));
    });
}

/// Quality 11 with a 22-bit window, as static files are compressed when the box is built.
fn brotli_bytes(mut bytes: &[u8]) -> usize {
    let mut compressed = Vec::new();
    let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut bytes, &mut compressed, &params).expect("compressing into memory cannot fail");
    compressed.len()
}

criterion_group!(benches, home_page);
criterion_main!(benches);
