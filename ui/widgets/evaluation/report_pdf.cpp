#include "ui/widgets/evaluation/report_pdf.h"

#include <QBuffer>
#include <QColor>
#include <QFont>
#include <QImage>
#include <QPainter>
#include <QPainterPath>
#include <QPdfWriter>
#include <QSaveFile>
#include <QSvgRenderer>

#include <algorithm>

#include "core/api/errors.h"

namespace thaw::ui {
namespace {

// Lengths are CSS pixels: 96 to the inch.
constexpr double kPerInch = 96;
constexpr double kPageWidth = 210 / 25.4 * kPerInch, kPageHeight = 297 / 25.4 * kPerInch;
constexpr double kMargin = 14 / 25.4 * kPerInch, kFooter = 30;
constexpr double kGap = 12, kGroupGap = 26, kRow = 22, kFactNames = 150;

// On paper the window's light colours hold, whatever the window's are.
const QColor kInk(0x14, 0x20, 0x2B), kInk2(0x42, 0x51, 0x5F), kInk3(0x5A, 0x6A, 0x79), kLine(0xD3, 0xDB, 0xE3),
    kSoftLine(0xE4, 0xEA, 0xF0);
const QColor kFigure(0x2C, 0x3A, 0xA6), kRight(0x00, 0x73, 0x7D), kWrong(0xA3, 0x14, 0x2E);

QString text(const std::string& value) { return QString::fromStdString(value); }

QFont font(double pixels, QFont::Weight weight = QFont::Normal) {
    QFont made;
    made.setFamilies({QStringLiteral("Inter"), QStringLiteral("Noto Sans"), QStringLiteral("sans-serif")});
    made.setPixelSize(qRound(pixels));
    made.setWeight(weight);
    return made;
}

/// Sets one thing below the other and begins a page where the next does not fit.
class Sheets {
public:
    Sheets(QPdfWriter& writer, const core::Report& report) : m_writer(writer), m_title(text(report.title)) {
        m_painter.begin(&writer);
        m_painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
        const double scale = writer.resolution() / kPerInch;
        m_painter.scale(scale, scale);
        endOfPage();
    }

    void header(const core::Report& report) {
        paragraph(text(report.title), font(27, QFont::Bold), kInk);
        m_y += 4;
        paragraph(text(report.subtitle), font(13), kInk2);
        m_y += 16;
        const double column = (width() - kGap * 4) / 5;
        double lowest = m_y;
        for (std::size_t i = 0; i < report.figures.size(); ++i) {
            const double left = kMargin + (column + kGap) * static_cast<double>(i % 5);
            const double below =
                textAt(QRectF(left, m_y, column, 0), text(report.figures[i].first), font(23, QFont::Bold), kFigure);
            lowest = std::max(lowest, textAt(QRectF(left, below, column, 0), text(report.figures[i].second), font(11), kInk3));
        }
        m_y = lowest + 8;
    }

    void section(const core::ReportSection& section) {
        // A title never stands alone at the foot of a page.
        double below = 60;
        if (!section.chart.svg.empty())
            below = chartHeight(section.chart);
        else if (!section.groups.empty())
            below = section.pictureSide + 70;
        else if (const double table = kRow * static_cast<double>(section.table.rows.size() + 1); table < kPageHeight / 2)
            below += table;
        double facts = 0;
        for (const auto& [name, value] : section.facts) facts += factHeight(text(name), breakable(text(value)));
        if (facts < kPageHeight / 2) below += facts;
        need(62 + below);
        if (m_y > kMargin) {
            m_y += 18;
            m_painter.setPen(QPen(kLine, 1));
            m_painter.drawLine(QPointF(kMargin, m_y), QPointF(kPageWidth - kMargin, m_y));
            m_y += 14;
        }
        paragraph(text(section.title), font(18, QFont::Bold), kInk);
        m_y += 3;
        if (!section.text.empty()) paragraph(text(section.text), font(12), kInk2);
        m_y += 6;
        for (const auto& [name, value] : section.facts) fact(text(name), breakable(text(value)));
        if (!section.chart.svg.empty()) chart(section.chart);
        if (!section.table.empty()) table(section.table);
        groups(section);
    }

    void closing(const QString& words) {
        need(40);
        m_y += 16;
        paragraph(words, font(11), kInk3);
        m_painter.end();
    }

private:
    static double width() { return kPageWidth - 2 * kMargin; }

    double heightOf(const QString& words, const QFont& font, double within) {
        m_painter.setFont(font);
        return m_painter.boundingRect(QRectF(0, 0, within, 1e6), Qt::TextWordWrap, words).height();
    }
    /// Returns where it ends.
    double textAt(const QRectF& place, const QString& words, const QFont& font, const QColor& colour,
                  int alignment = Qt::AlignLeft) {
        const double height = heightOf(words, font, place.width());
        m_painter.setPen(colour);
        m_painter.drawText(QRectF(place.left(), place.top(), place.width(), height + 1),
                           alignment | Qt::AlignTop | Qt::TextWordWrap, words);
        return place.top() + height;
    }
    void paragraph(const QString& words, const QFont& font, const QColor& colour) {
        need(heightOf(words, font, width()));
        m_y = textAt(QRectF(kMargin, m_y, width(), 0), words, font, colour);
    }

    void endOfPage() {
        ++m_page;
        m_painter.setFont(font(10));
        m_painter.setPen(kInk3);
        const QRectF foot(kMargin, kPageHeight - kMargin - 14, width(), 14);
        m_painter.drawText(foot, Qt::AlignLeft | Qt::AlignVCenter, m_title);
        m_painter.drawText(foot, Qt::AlignRight | Qt::AlignVCenter, QString::number(m_page));
        m_y = kMargin;
    }
    bool fits(double height) const { return m_y + height <= kPageHeight - kMargin - kFooter; }
    void need(double height) {
        if (fits(height) || m_y <= kMargin) return;
        m_writer.newPage();
        endOfPage();
    }

    /// Digests have no place to break at.
    static QString breakable(QString value) {
        if (value.size() < 60 || value.contains(QLatin1Char(' '))) return value;
        for (int at = 32; at < value.size(); at += 33) value.insert(at, QChar(0x200B));
        return value;
    }
    static double factWidth() { return width() - kFactNames - kGap; }
    double factHeight(const QString& name, const QString& value) {
        return std::max(heightOf(name, font(12), kFactNames), heightOf(value, font(12), factWidth())) + 4;
    }
    void fact(const QString& name, const QString& value) {
        const double height = factHeight(name, value);
        need(height);
        textAt(QRectF(kMargin, m_y, kFactNames, 0), name, font(12), kInk3);
        textAt(QRectF(kMargin + kFactNames + kGap, m_y, factWidth(), 0), value, font(12), kInk);
        m_y += height;
    }

    static double chartHeight(const core::ReportChart& chart) { return width() * chart.height / chart.width; }
    void chart(const core::ReportChart& chart) {
        const double height = std::min(chartHeight(chart), kPageHeight - 2 * kMargin - kFooter);
        need(height);
        QSvgRenderer renderer(QByteArray::fromStdString(chart.svg));
        renderer.setAspectRatioMode(Qt::KeepAspectRatio);
        renderer.render(&m_painter, QRectF(kMargin, m_y, width(), height));
        m_y += height + 10;
    }

    std::vector<double> columnWidths(const core::ReportTable& table) {
        // Each as wide as its widest text; where that is too much, texts share what figures leave.
        std::vector<double> widths(table.columns.size());
        const auto widen = [&](std::size_t i, const std::string& words, QFont::Weight weight) {
            m_painter.setFont(font(12, weight));
            widths[i] = std::max(widths[i], m_painter.boundingRect(QRectF(0, 0, 1e6, 1e6), 0, text(words)).width() + kGap);
        };
        for (std::size_t i = 0; i < widths.size(); ++i) {
            widen(i, table.columns[i], QFont::DemiBold);
            for (const auto& row : table.rows) widen(i, row[i], QFont::DemiBold);
        }
        double texts = 0, figures = 0;
        for (std::size_t i = 0; i < widths.size(); ++i) (table.numeric[i] ? figures : texts) += widths[i];
        const double factor = texts > 0 ? (width() - figures) / texts : 1;
        for (std::size_t i = 0; i < widths.size(); ++i)
            if (!table.numeric[i]) widths[i] *= factor;
        return widths;
    }
    void table(const core::ReportTable& table) {
        const std::vector<double> widths = columnWidths(table);
        const auto row = [&](const std::vector<std::string>& cells, QFont::Weight weight, const QColor& colour) {
            double height = 0;
            for (std::size_t i = 0; i < cells.size(); ++i)
                height = std::max(height, heightOf(text(cells[i]), font(12, weight), widths[i] - kGap));
            double left = kMargin;
            for (std::size_t i = 0; i < cells.size(); ++i) {
                textAt(QRectF(left, m_y + 3, widths[i] - kGap, 0), text(cells[i]), font(12, weight), colour,
                       table.numeric[i] ? Qt::AlignRight : Qt::AlignLeft);
                left += widths[i];
            }
            m_y += height + 7;
        };
        const auto rule = [&](const QColor& colour) {
            m_painter.setPen(QPen(colour, 1));
            m_painter.drawLine(QPointF(kMargin, m_y), QPointF(kPageWidth - kMargin, m_y));
        };
        const auto head = [&] {
            row(table.columns, QFont::DemiBold, kInk3);
            rule(kLine);
        };
        need(60);
        head();
        for (std::size_t i = 0; i < table.rows.size(); ++i) {
            const bool sum = i + static_cast<std::size_t>(table.sums) >= table.rows.size();
            double height = 0;
            for (std::size_t column = 0; column < widths.size(); ++column)
                height = std::max(height, heightOf(text(table.rows[i][column]), font(12), widths[column] - kGap));
            if (!fits(height + 8)) {
                need(1e6);
                head();
            }
            row(table.rows[i], sum ? QFont::DemiBold : QFont::Normal, kInk);
            if (!sum) rule(i + static_cast<std::size_t>(table.sums) + 1 == table.rows.size() ? kLine : kSoftLine);
        }
        m_y += 6;
    }

    double pictureHeight(const core::ReportPicture& picture, double side) {
        double height = side + 5;
        for (std::size_t i = 0; i < picture.lines.size(); ++i) height += heightOf(text(picture.lines[i]), lineFont(i), side);
        return height;
    }
    static QFont lineFont(std::size_t line) { return font(11, line == 0 ? QFont::DemiBold : QFont::Normal); }
    void picture(const core::ReportPicture& picture, double left, double side) {
        const QRectF box(left, m_y, side, side);
        const QImage image = QImage::fromData(QByteArray::fromStdString(picture.png), "PNG");
        QPainterPath outline;
        outline.addRoundedRect(box, 6, 6);
        m_painter.save();
        m_painter.setClipPath(outline);
        // Smoothed here: PDF viewers differ in how they enlarge a picture.
        m_painter.drawImage(
            box, image.scaled(QSize(256, 256).expandedTo(image.size()), Qt::KeepAspectRatio, Qt::SmoothTransformation));
        m_painter.restore();
        const bool wrong = picture.tone == core::ReportTone::Wrong;
        m_painter.setPen(QPen(wrong ? kWrong : picture.tone == core::ReportTone::Right ? kRight : kLine, wrong ? 2.5 : 1.5));
        m_painter.setBrush(Qt::NoBrush);
        m_painter.drawPath(outline);
        double y = box.bottom() + 5;
        for (std::size_t i = 0; i < picture.lines.size(); ++i)
            y = textAt(QRectF(left, y, side, 0), text(picture.lines[i]), lineFont(i), i == 0 ? kInk : kInk2);
    }
    /// Rows of items that each keep together.
    void groups(const core::ReportSection& section) {
        struct Item {
            std::vector<const core::ReportPicture*> pictures;
            double width = 0, height = 0;
        };
        const double side = section.pictureSide;
        std::vector<Item> row;
        const auto flush = [&](double gap) {
            double height = 0;
            for (const Item& item : row) height = std::max(height, item.height);
            if (row.empty()) return;
            need(height);
            double left = kMargin;
            for (const Item& item : row) {
                for (std::size_t i = 0; i < item.pictures.size(); ++i)
                    picture(*item.pictures[i], left + (side + kGap) * static_cast<double>(i), side);
                left += item.width + gap;
            }
            m_y += height + kGap;
            row.clear();
        };
        const auto add = [&](Item item, double gap) {
            item.width = (side + kGap) * static_cast<double>(item.pictures.size()) - kGap;
            for (const core::ReportPicture* one : item.pictures) item.height = std::max(item.height, pictureHeight(*one, side));
            double taken = 0;
            for (const Item& other : row) taken += other.width + gap;
            if (taken + item.width > width()) flush(gap);
            row.push_back(std::move(item));
        };
        for (const core::ReportGroup& group : section.groups) {
            if (group.title.empty()) {
                Item item;
                for (const core::ReportPicture& one : group.pictures) item.pictures.push_back(&one);
                add(std::move(item), kGroupGap);
                continue;
            }
            flush(kGroupGap);
            need(side + 70);
            m_y += 8;
            paragraph(text(group.title), font(13, QFont::DemiBold), kInk2);
            m_y += 5;
            for (const core::ReportPicture& one : group.pictures) add({{&one}, 0, 0}, kGap);
            flush(kGap);
        }
        flush(kGroupGap);
    }

    QPdfWriter& m_writer;
    QPainter m_painter;
    QString m_title;
    double m_y = 0;
    int m_page = 0;
};

}  // namespace

QByteArray reportPdf(const core::Report& report) {
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    {
        QPdfWriter writer(&buffer);
        writer.setResolution(300);
        writer.setPageSize(QPageSize(QPageSize::A4));
        writer.setPageMargins(QMarginsF());
        writer.setTitle(text(report.title));
        writer.setCreator(QStringLiteral("Thaw"));
        Sheets sheets(writer, report);
        sheets.header(report);
        for (const core::ReportSection& section : report.sections) sheets.section(section);
        sheets.closing(text(report.footer));
    }
    return buffer.data();
}

void writeReportPdf(const core::Report& report, const QString& file) {
    const QByteArray pdf = reportPdf(report);
    QSaveFile target(file);
    if (!target.open(QIODevice::WriteOnly) || target.write(pdf) != pdf.size() || !target.commit())
        throw core::StoreError("Cannot write " + file.toStdString() + ": " + target.errorString().toStdString() + '.',
                               "Choose another folder.");
}

}  // namespace thaw::ui
